use tokio_tungstenite::connect_async;
use std::time::Duration;

// ws-lint: ignore[WS302] nothing here
#[tokio::test]
async fn t() -> Result<(), Box<dyn std::error::Error>> {
    let (ws, _) = connect_async("ws://x").await?; // kept
    let a = r#"println!("x")"#;
    println!("{a} {:?}", connect_async(a).await.unwrap());
    eprint!("→");
    match connect_async("y").await {
        Ok((s, r)) => println!(),
        Err(e) => panic!("{e}"),
    }
    tokio::select! { x = connect_async("z") => {} }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn f() { std::println!("{}", 1) }
}
