use super::*;
use crate::facts::Certainty;

fn known() -> Known {
    let releases = ["8.1", "9.1", "10.0", "12.0", "13.1", "14.0", "15.0.1", "17.4"];
    Known {
        releases: releases.iter().map(|release| release.parse().unwrap()).collect(),
        oldest_in_use: Some("10.0".parse().unwrap()),
        ..Known::default()
    }
}

fn range(specifiers: &str) -> Fact<PackageRange> {
    Fact {
        value: PackageRange {
            specifiers: specifiers.parse().unwrap(),
            certainty: Certainty::Range,
        },
        source: "websockets in requirements.txt:1".to_owned(),
    }
}

fn possible(specifiers: &str) -> String {
    let (known, range) = (known(), range(specifiers));
    let releases = Releases::possible("websockets", &known, Some(&range), None);
    let shown: Vec<String> = releases.possible.iter().map(ToString::to_string).collect();
    shown.join(" ")
}

#[test]
fn a_range_leaves_the_releases_that_it_allows() {
    assert_eq!(possible(">=13.1,<15"), "13.1 14.0");
    assert_eq!(possible("==13.1"), "13.1");
    assert_eq!(possible("==14.*"), "14.0");
}

#[test]
fn a_release_between_two_known_ones_is_the_older_one() {
    assert_eq!(possible("==15.0"), "14.0");
    assert_eq!(possible("==16.0"), "15.0.1");
    assert_eq!(possible("~=12.3"), "12.0");
    assert_eq!(possible("==99"), "17.4");
    assert_eq!(possible(">17.4"), "17.4");
    assert_eq!(possible(">12.1,<13"), "12.0");
    assert_eq!(possible(">15.0.1,<16"), "15.0.1");
}

#[test]
fn of_releases_before_the_oldest_known_one_nothing_is_known() {
    let known = known();
    let told = |known: &Known, specifiers: &str| {
        let range = range(specifiers);
        Releases::possible("websockets", known, Some(&range), None).unknown()
    };
    assert_eq!(
        told(&known, "==8.0").as_deref(),
        Some("nothing is known of websockets before 8.1; websockets in requirements.txt:1 allows ==8.0")
    );
    for specifiers in ["<8", ">7,<8", "<8.1"] {
        assert!(told(&known, specifiers).is_some(), "{specifiers}");
    }
    for specifiers in ["==9.0", "<9", ">=7,<9", ">12.1,<13", "==99"] {
        assert_eq!(told(&known, specifiers), None, "{specifiers}");
    }
}

#[test]
fn an_old_release_that_begins_a_range_with_an_end_is_meant() {
    assert_eq!(possible(">=9,<11"), "8.1 9.1 10.0");
    assert_eq!(possible(">=9.1,<11"), "9.1 10.0");
    let known = Known {
        pythons: vec![NewestPython {
            until: "10.0".parse().unwrap(),
            newest: "3.9".to_owned(),
        }],
        ..known()
    };
    let range = range(">=9.1,<11");
    let on = |minor: u8| {
        let python = Some(PythonVersion::new(3, minor));
        Releases::possible("websockets", &known, Some(&range), python)
            .possible
            .len()
    };
    assert_eq!((on(9), on(10)), (2, 1));
}

#[test]
fn of_alternatives_any_may_run() {
    assert_eq!(possible("==12.0 or ==14.2"), "12.0 14.0");
    assert_eq!(possible("==16.0 or ==9.1"), "9.1 15.0.1");
    assert_eq!(possible("<10 or >=14,<16"), "8.1 9.1 14.0 15.0.1");
    assert_eq!(possible("==14.0 or ==14.2"), "14.0");
    let known = known();
    let range = range("==7.0 or ==12.0");
    let releases = Releases::possible("websockets", &known, Some(&range), None);
    // What cannot be known of one of them is not known of all.
    assert_eq!(
        (releases.share(|_| true), releases.share(|_| false)),
        (Share::Some, Share::None)
    );
    assert!(releases.unknown().is_none() && !releases.are_known());
}

#[test]
fn what_holds_from_a_release_on_may_hold_from_one_on_that_cannot_run() {
    let known = known();
    let range = range("==12.0 or ==15.0.1");
    let releases = Releases::possible("websockets", &known, Some(&range), None);
    let from_13_1 = releases.oldest_of_the_newest_that(|release| *release >= known.releases[4]);
    assert_eq!(from_13_1, Some(&known.releases[4]));
}

#[test]
fn releases_that_nobody_uses_count_only_where_the_range_insists() {
    assert_eq!(possible("<13"), "10.0 12.0");
    assert_eq!(possible(">=8"), "10.0 12.0 13.1 14.0 15.0.1 17.4");
    assert_eq!(possible("<10"), "8.1 9.1");
}

#[test]
fn without_a_range_a_fault_of_old_releases_does_not_count() {
    let known = known();
    let (old, new) = (
        |version: &Version| version < &known.releases[5],
        |version: &Version| version >= &known.releases[5],
    );
    let unknown = Releases::possible("websockets", &known, None, None);
    assert_eq!(unknown.share(new), Share::Some);
    assert_eq!(unknown.share(old), Share::None);
    assert_eq!(unknown.share(|_| true), Share::All);
    let range = range(">=12");
    let declared = Releases::possible("websockets", &known, Some(&range), None);
    assert_eq!(declared.share(old), Share::Some);
}

#[test]
fn what_runs_here_is_told_by_its_manifest() {
    let known = known();
    let here = |range: Option<&Fact<PackageRange>>| Releases::possible("websockets", &known, range, None).here();
    assert_eq!(here(Some(&range("<14"))), "websockets in requirements.txt:1 allows <14");
    assert_eq!(
        here(Some(&range(""))),
        "websockets in requirements.txt:1 allows every release"
    );
    assert_eq!(here(None), "no manifest says which websockets runs here");
}

#[test]
fn releases_are_told_by_their_bounds() {
    let known = known();
    let releases = Releases::possible("websockets", &known, None, None);
    let told = |chosen: &[usize]| {
        let chosen: Vec<&Version> = chosen.iter().map(|&index| &known.releases[index]).collect();
        releases.told(|version| chosen.contains(&version))
    };
    assert_eq!(told(&[5, 6, 7]), "websockets 14.0 and newer");
    assert_eq!(told(&[0, 1]), "websockets before 10.0");
    assert_eq!(
        told(&[0, 4, 6, 7]),
        "websockets before 9.1 and from 13.1 to before 14.0 and 15.0.1 and newer"
    );
    assert_eq!(told(&[3, 4]), "websockets from 12.0 to before 14.0");
    assert_eq!(told(&[0, 1, 2, 3, 4, 5, 6, 7]), "websockets of every version");
}
