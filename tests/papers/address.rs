//! The address that the repository is published under stands in one place: `repository` in Cargo.toml. As long as it is not
//! there, the papers say `OWNER` where it goes.

use crate::{papers_below, read};

#[test]
fn the_papers_know_the_address_that_cargo_toml_knows() {
    let address = env!("CARGO_PKG_REPOSITORY");
    let owner = address
        .trim_end_matches("/ws-lint")
        .rsplit('/')
        .next()
        .filter(|owner| !owner.is_empty());
    let mut papers = papers_below("docs/src");
    papers.push("README.md".to_owned());
    let texts: Vec<String> = papers.iter().map(|paper| read(paper)).collect();
    let with = |word: &str| texts.iter().filter(|text| text.contains(word)).count();
    match owner {
        None => assert!(with("OWNER/ws-lint") > 2, "the papers say where the address goes"),
        Some(owner) => {
            assert_eq!(
                with("OWNER"),
                0,
                "Cargo.toml has the address: `{owner}` goes in the place of `OWNER`"
            );
            assert!(with(&format!("{owner}/ws-lint")) > 2);
        }
    }
}
