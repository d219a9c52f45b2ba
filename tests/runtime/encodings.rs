//! The tables of `rules/encodings.txt` and `rules/printable.txt` against Python's own codecs.

use std::collections::HashMap;

use ws_lint::encodings::{Encoding, is_printable};

use crate::pythons;

/// The first code point above those of Unicode's planes 0 to 3, which are all that characters of a legacy codec lie in.
const ABOVE_CHARACTERS: u32 = 0x4_0000;

/// Of what lies above, one in so many is tried: nothing there is assigned but private use, tags and variation selectors.
const STEP: usize = 61;

/// Prints what each codec refuses of the code points of [`tried`], as `codec start-end …` in their order; in chunks, because
/// the time of one call grows with the square of its errors. A chunk of which nothing is left without its errors is refused
/// as a whole, which spares a call for each of them.
const REFUSED: &str = r#"
import codecs, encodings.aliases
everything = "".join(chr(c) for c in [*range(0, 0xd800), *range(0xe000, ABOVE), *range(ABOVE, 0x110000, STEP)])
refused = []
def refuse(start, end):
    if refused and refused[-1][1] == start:
        refused[-1][1] = end
    else:
        refused.append([start, end])
def record(error):
    refuse(base + error.start, base + error.end)
    return ("", error.end)
codecs.register_error("record", record)
for name in sorted(set(encodings.aliases.aliases.values()) | {
    "cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "koi8_t", "koi8_u", "palmos", "utf_8_sig"
}):
    if name in NAMES:
        del refused[:]
        for base in range(0, len(everything), 1024):
            chunk = everything[base:base + 1024]
            if chunk.encode(name, "ignore"):
                chunk.encode(name, "record")
            else:
                refuse(base, base + len(chunk))
        print(name, *("%d-%d" % tuple(r) for r in refused))
"#;

#[test]
#[ignore = "needs Python"]
fn every_code_point_is_taken_exactly_where_python_takes_it() {
    let all = tried();
    let taken: HashMap<&str, Vec<bool>> = known_codecs()
        .into_iter()
        .map(|name| {
            let encoding = Encoding::from_name(name).expect("a known codec");
            (name, all.iter().map(|&character| encoding.takes(character)).collect())
        })
        .collect();
    for python in pythons::all() {
        let names: Vec<String> = known_codecs().iter().map(|name| format!("{name:?}")).collect();
        let script = format!(
            "ABOVE, STEP, NAMES = {ABOVE_CHARACTERS}, {STEP}, {{{}}}\n{REFUSED}",
            names.join(", ")
        );
        let output = python.stdout(&script);
        assert_eq!(output.lines().count(), names.len(), "Python {}", python.version);
        for line in output.lines() {
            let mut words = line.split(' ');
            let name = words.next().expect("a codec");
            let mut expected = vec![true; all.len()];
            for word in words {
                let (start, end) = word.split_once('-').expect("a range");
                let range = start.parse().expect("a start")..end.parse().expect("an end");
                expected[range].fill(false);
            }
            if taken[name] != expected {
                let differs = (0..all.len()).find(|&index| taken[name][index] != expected[index]);
                panic!(
                    "Python {} {name}: {:?}",
                    python.version,
                    differs.map(|index| all[index])
                );
            }
        }
    }
}

#[test]
#[ignore = "needs Python"]
fn every_name_of_a_codec_that_python_knows_is_known() {
    let script = "import encodings.aliases\nfor n, c in encodings.aliases.aliases.items(): print(n, c)";
    let known = known_codecs();
    for python in pythons::all() {
        for line in python.stdout(script).lines() {
            if line.contains(|letter: char| letter.is_ascii_uppercase()) {
                // Python itself looks names up in lower case and never finds `csHPRoman8`.
                continue;
            }
            let (alias, codec) = line.split_once(' ').expect("two words");
            let expected = known.contains(&codec).then_some(codec);
            for name in [alias.to_owned(), alias.to_uppercase(), alias.replace('_', "-")] {
                let found = Encoding::from_name(&name).map(Encoding::name);
                assert_eq!(found, expected, "Python {} {name}", python.version);
            }
        }
    }
}

#[test]
#[ignore = "needs Python"]
fn errors_read_as_pythons_do() {
    let runs: [&[u32]; 5] = [
        &[0x2713],
        &[0x2713, 0x2717],
        &[0x1f600, 0x1f680, 0x2713],
        &[0xd83d],
        &[0xd83d, 0xde00],
    ];
    let mut lines = HashMap::new();
    for name in known_codecs() {
        let encoding = Encoding::from_name(name).expect("a known codec");
        for run in runs {
            let is_refused = |code: u32| char::from_u32(code).is_none_or(|character| !encoding.takes(character));
            if run.iter().all(|code| is_refused(*code)) {
                let text: String = run.iter().map(|code| format!("\\U{code:08x}")).collect();
                lines.insert((name, text), encoding.error(run, 2).expect("a message"));
            }
        }
    }
    assert!(lines.len() > 300, "{}", lines.len());
    for python in pythons::all() {
        let cases: Vec<_> = lines.iter().collect();
        let mut script = "def case(name, text):\n    try:\n        text.encode(name)\n    except UnicodeError as e:\n        print(e)\n    else:\n        print()\n".to_owned();
        for ((name, text), _) in &cases {
            script.push_str(&format!("case('{name}', 'ab{text}c')\n"));
        }
        let output = python.stdout(&script);
        for (line, ((name, text), expected)) in output.lines().zip(cases) {
            assert_eq!(line, expected, "Python {} {name} {text}", python.version);
        }
    }
}

#[test]
#[ignore = "needs Python"]
fn what_counts_as_printable_is_so_in_every_python() {
    let script = "print(*(c for c in range(0x110000) if chr(c).isprintable()))";
    for python in pythons::all() {
        let output = python.stdout(script);
        let mut printable = vec![false; 0x11_0000];
        for code in output.split_whitespace() {
            printable[code.parse::<usize>().expect("a code point")] = true;
        }
        let wrong = (0..=0x10_ffff_u32)
            .filter_map(char::from_u32)
            .find(|&character| is_printable(character) && !printable[character as usize]);
        assert_eq!(wrong, None, "Python {}", python.version);
    }
}

/// The code points that every codec is asked for.
fn tried() -> Vec<char> {
    let characters = 0..ABOVE_CHARACTERS;
    let above = (ABOVE_CHARACTERS..=0x10_ffff).step_by(STEP);
    characters.chain(above).filter_map(char::from_u32).collect()
}

/// The codecs that ws-lint has tables of.
fn known_codecs() -> Vec<&'static str> {
    include_str!("../../rules/encodings.txt")
        .lines()
        .filter(|line| line.contains('|'))
        .filter_map(|line| line.split('|').next())
        .collect()
}
