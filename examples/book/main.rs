//! The preprocessor of the book: `mdbook build docs` calls it. See <https://rust-lang.github.io/mdBook/for_developers/preprocessors.html>.

mod chapters;

use std::env;
use std::error::Error;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    // mdBook asks which renderers can do with it: all of them.
    if env::args().nth(1).is_some_and(|word| word == "supports") {
        return Ok(());
    }
    let (_, mut book): (Value, Value) = serde_json::from_reader(io::stdin())?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for item in book["items"].as_array_mut().ok_or("mdBook gives no `items`")? {
        expand(item, repository)?;
    }
    serde_json::to_writer(io::stdout(), &book)?;
    Ok(())
}

fn expand(item: &mut Value, repository: &Path) -> Result<(), Box<dyn Error>> {
    let Some(chapter) = item.get_mut("Chapter") else {
        return Ok(());
    };
    let path = chapter["path"].as_str().unwrap_or_default().to_owned();
    let text = chapter["content"].as_str().unwrap_or_default();
    chapter["content"] = chapters::expanded(repository, &path, text)?.into();
    for inner in chapter["sub_items"].as_array_mut().into_iter().flatten() {
        expand(inner, repository)?;
    }
    if path == "rules.md" {
        let pages = chapters::of_rules().into_iter().enumerate();
        let number = chapter["number"].as_array().cloned().unwrap_or_default();
        let pages = pages.map(|(index, page)| {
            let mut number = number.clone();
            number.push((index + 1).into());
            json!({"Chapter": {
                "name": page.name,
                "content": page.text,
                "number": number,
                "sub_items": [],
                "path": page.path,
                "source_path": null,
                "parent_names": [chapter["name"]],
            }})
        });
        chapter["sub_items"] = pages.collect();
    }
    Ok(())
}
