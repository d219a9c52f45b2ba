//! Files that are almost as people write them.

/// What breaks tools that rewrite code.
const PIECES: &[&str] = &[
    "\"\"\"",
    "'''",
    "f\"{x!r:>{w}}\"",
    "f'''{",
    "r\"\\\"",
    "b\"",
    "\\\n",
    "\r",
    "\r\n",
    "\t",
    "\u{c}",
    "\u{feff}",
    "\0",
    ";",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#",
    "//",
    "/*",
    "*/",
    "# ws-lint: ignore[WS101]\n",
    "// ws-lint: ignore[WS302]\n",
    "# noqa: WS101\n",
    "# fmt: skip\n",
    "✓",
    "é",
    "\u{202e}",
    "\u{1f600}",
    "\\N{CHECK MARK}",
    "\\u2713",
    "await ",
    "async ",
    "async with ",
    "with ",
    "lambda: ",
    "yield ",
    "return ",
    "if True: ",
    "else:\n",
    "try:\n",
    "except* E:\n",
    "finally:\n",
    "match x:\n",
    "case _:\n",
    "@f\n",
    "import asyncio\n",
    "asyncio = 1\n",
    "global asyncio\n",
    "del asyncio\n",
    "from websockets import *\n",
    "websockets.connect(u, open_timeout=5)",
    "async with websockets.connect(u) as w: ",
    "open_timeout=5, ",
    "**k, ",
    "*a, ",
    "timeout=None",
    "asyncio.timeout(3)",
    "print('→')\n",
    "r#\"",
    "\"#",
    "'a",
    "b'",
    "println!(\"{}\", x);",
    "tokio_tungstenite::connect_async(u).await?",
    "#[tokio::test]\n",
    "#![x]\n",
    "macro_rules! m { () => {} }\n",
    "unsafe { ",
    "|x| ",
    "=> ",
    "?;",
    ".await",
    "::<",
    "1e999",
    "0x_",
    "..=",
];

/// Makes one input after another out of some files.
pub(crate) struct Mutator<'a> {
    seeds: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutator<'a> {
    /// The same beginning makes the same inputs.
    pub(crate) fn new(seeds: &'a [Vec<u8>], beginning: u128) -> Self {
        Self {
            seeds,
            state: (beginning as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        }
    }

    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        // Most inputs should still parse, so most are only mutated a little.
        for _ in 0..1 + self.below(3) * self.below(3) {
            self.mutate(&mut input);
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        match self.below(9) {
            0 => {
                let at = self.below(input.len() + 1);
                let piece = PIECES[self.below(PIECES.len())];
                input.splice(at..at, piece.bytes());
            }
            1 => {
                let line = self.line(input);
                input.drain(line);
            }
            2 => {
                let line = self.line(input);
                let copy = input[line.clone()].to_vec();
                input.splice(line.start..line.start, copy);
            }
            3 => {
                let other = self.seed();
                let line = self.line(other);
                let at = self.line(input).start;
                input.splice(at..at, other[line].iter().copied());
            }
            4 => {
                let at = self.line(input).start;
                let piece = PIECES[self.below(PIECES.len())];
                input.splice(at..at, piece.bytes());
            }
            5 => {
                let line = self.line(input);
                let blanks = [&b"    "[..], b"\t", b" ", b""][self.below(4)];
                input.splice(line.start..line.start, blanks.iter().copied());
            }
            6 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] = self.below(256) as u8;
            }
            7 => {
                let start = self.below(input.len() + 1);
                let end = (start + self.below(12)).min(input.len());
                input.drain(start..end);
            }
            _ => {
                let other = self.seed();
                let (head, tail) = (self.line(input).end, self.line(other).start);
                input.truncate(head);
                input.extend_from_slice(&other[tail..]);
            }
        }
    }

    fn seed(&mut self) -> &'a [u8] {
        &self.seeds[self.below(self.seeds.len())]
    }

    /// The bytes of a line, its end included.
    fn line(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let at = self.below(input.len() + 1);
        let start = input[..at]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |end| end + 1);
        let end = input[at..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(input.len(), |end| at + end + 1);
        start..end
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}
