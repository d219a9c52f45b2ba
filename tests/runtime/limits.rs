//! The limits that the catalogue names of the other libraries fire, and what it says to bound nothing does not, in the oldest
//! and the newest release that it claims to know.

use serde_json::json;

use crate::facts::{Verdicts, wrong};
use crate::matrix;
use crate::releases;
use crate::servers::Servers;

/// Libraries of which `facts/of_limits.py` knows no check for some release would prove nothing.
const FEWEST: usize = 1;

#[test]
#[ignore = "needs Python and PyPI"]
fn the_limits_of_the_libraries_fire_in_every_claimed_release() {
    let pythons = matrix::pythons();
    let servers = Servers::start(matrix::of_the_libraries(&pythons));
    matrix::judge_each(releases::claimed(&pythons), |release| {
        let name = format!("{} {}", release.package, release.version);
        let question = json!({
            "ports": servers.ports,
            "patient": false,
            "package": release.package,
            "version": release.version,
        });
        let asked = release
            .client()
            .and_then(|client| client.ask::<Verdicts>("facts/of_limits.py", &question));
        match asked {
            Ok(verdicts) if verdicts.len() < FEWEST => vec![format!("{name}: nothing was checked")],
            Ok(verdicts) => wrong(verdicts)
                .into_iter()
                .map(|fact| format!("{name}: {fact}"))
                .collect(),
            Err(error) => vec![format!("{name}: {error}")],
        }
    });
}
