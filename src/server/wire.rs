//! Messages in a stream: a head that says how long the body is, and a body in JSON.

use std::io::{self, BufRead, Read as _, Write};

use lsp_server::Message;
use serde_json::json;

/// The longest line of a head, and how many lines it has at most.
const LONGEST_LINE: u64 = 4 << 10;
const MOST_LINES: usize = 32;

/// The longest body, in bytes. The longest text that is looked at has half of that.
const LONGEST_BODY: u64 = 256 << 20;

/// What came.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// A body that is no message, and why.
    Broken(String),
}

impl Incoming {
    /// Whether the editor says nothing more.
    pub(super) fn is_exit(&self) -> bool {
        matches!(self, Self::Message(Message::Notification(said)) if said.method == "exit")
    }
}

/// The next message; nothing where the stream ends, or where it cannot be told any more where a message begins.
pub(super) fn read(input: &mut impl BufRead) -> Option<Incoming> {
    let length = head(input)?;
    // It grows with what comes: a length is only a claim.
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body).ok()?;
    if u64::try_from(body.len()) != Ok(length) {
        return None;
    }
    Some(match serde_json::from_slice(&body) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Broken(error.to_string()),
    })
}

/// How many bytes the body has.
fn head(input: &mut impl BufRead) -> Option<u64> {
    let mut length = None;
    for _ in 0..MOST_LINES {
        let mut line = Vec::new();
        input.take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
        let line = line.strip_suffix(b"\n")?;
        let line = str::from_utf8(line).ok()?.trim();
        if line.is_empty() {
            return length.filter(|length| *length <= LONGEST_BODY);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = Some(value.trim().parse().ok()?);
        }
    }
    None
}

/// Writes a message.
///
/// # Errors
/// The editor does not listen.
pub(super) fn write(output: &mut impl Write, message: &Message) -> io::Result<()> {
    message.write(output)?;
    output.flush()
}

/// Answers a body that was no message, so that nobody knows which question it was.
///
/// # Errors
/// The editor does not listen.
pub(super) fn write_broken(output: &mut impl Write, reason: &str) -> io::Result<()> {
    let error = json!({ "code": lsp_server::ErrorCode::ParseError as i32, "message": reason });
    let body = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stream: &[u8]) -> Vec<String> {
        let mut stream = stream;
        std::iter::from_fn(|| read(&mut stream))
            .map(|incoming| match incoming {
                Incoming::Message(Message::Notification(said)) => said.method,
                Incoming::Message(_) => "other".to_owned(),
                Incoming::Broken(_) => "broken".to_owned(),
            })
            .collect()
    }

    #[test]
    fn a_stream_is_read_as_far_as_it_can_be_understood() {
        let body = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let whole = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(all(whole.as_bytes()), ["exit"]);
        let typed = format!("content-length:{}\nContent-Type: x\n\n{body}{whole}", body.len());
        assert_eq!(all(typed.as_bytes()), ["exit", "exit"]);
        assert_eq!(
            all(format!("Content-Length: 3\r\n\r\n{{x}}{whole}").as_bytes()),
            ["broken", "exit"]
        );
        for cut in [
            "",
            "Content-Length: 5\r\n\r\n{}",
            "Content-Length: 99999999999999\r\n\r\n{}",
            "no head\r\n\r\n",
            "Content-Length: -1\r\n\r\n",
        ] {
            assert_eq!(all(cut.as_bytes()), [""; 0], "{cut}");
        }
        assert_eq!(all(&vec![b'x'; 1 << 20]), [""; 0]);
    }
}
