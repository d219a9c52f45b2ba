//! What has come and is not answered yet. All of it is known before the next thing is done, so that a change overtakes the questions
//! about a text that is gone, and a question that is taken back is not answered.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use lsp_server::{Message, Notification, RequestId};

use super::wire::Incoming;

/// The messages of an editor, in the order in which they are to be looked at.
pub(super) struct Inbox {
    receiver: Receiver<Incoming>,
    waiting: VecDeque<Incoming>,
    is_cut: bool,
}

/// What comes next.
pub(super) enum Next {
    /// A message, or what was to be one.
    Incoming(Incoming),
    /// A question that nobody wants to be answered any more.
    Cancelled(RequestId),
    /// Nothing waits: there is time for what was put off.
    Idle,
    /// Nothing will ever come.
    End,
}

impl Inbox {
    pub(super) fn new(receiver: Receiver<Incoming>) -> Self {
        Self {
            receiver,
            waiting: VecDeque::new(),
            is_cut: false,
        }
    }

    /// What is to be done next. `may_idle`: something was put off.
    pub(super) fn next(&mut self, may_idle: bool) -> Next {
        self.waiting.extend(self.receiver.try_iter());
        if let Some(cancelled) = self.cancelled() {
            return Next::Cancelled(cancelled);
        }
        if let Some(incoming) = self.waiting.pop_front() {
            return Next::Incoming(incoming);
        }
        if may_idle && !self.is_cut {
            return Next::Idle;
        }
        match self.receiver.recv() {
            Ok(incoming) => Next::Incoming(incoming),
            Err(_) => {
                self.is_cut = true;
                Next::End
            }
        }
    }

    /// A question that waits, and that a message behind it takes back. Both are taken out.
    fn cancelled(&mut self) -> Option<RequestId> {
        let at = self
            .waiting
            .iter()
            .position(|incoming| taken_back(incoming).is_some())?;
        let id = taken_back(&self.waiting.remove(at)?)?;
        let asks =
            |incoming: &Incoming| matches!(incoming, Incoming::Message(Message::Request(asked)) if asked.id == id);
        let question = self.waiting.iter().take(at).position(asks)?;
        self.waiting.remove(question)?;
        Some(id)
    }
}

/// Which question a message takes back.
fn taken_back(incoming: &Incoming) -> Option<RequestId> {
    let Incoming::Message(Message::Notification(Notification { method, params })) = incoming else {
        return None;
    };
    let id = params.get("id").filter(|_| method == "$/cancelRequest")?;
    serde_json::from_value(id.clone()).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_that_is_taken_back_comes_first() {
        let (sender, receiver) = mpsc::channel();
        let send = |value| {
            sender
                .send(Incoming::Message(serde_json::from_value(value).unwrap()))
                .unwrap()
        };
        send(json!({"id": 1, "method": "a"}));
        send(json!({"id": "x", "method": "b"}));
        send(json!({"method": "$/cancelRequest", "params": {"id": 7}}));
        send(json!({"method": "$/cancelRequest", "params": {"id": "x"}}));
        drop(sender);
        let mut inbox = Inbox::new(receiver);
        let mut told = Vec::new();
        loop {
            told.push(match inbox.next(false) {
                Next::Incoming(Incoming::Message(Message::Request(asked))) => asked.method,
                Next::Cancelled(id) => format!("cancelled {id}"),
                Next::End => break,
                _ => "other".to_owned(),
            });
        }
        assert_eq!(told, ["a", "cancelled \"x\""]);
    }
}
