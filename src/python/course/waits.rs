//! The functions of Python's event loops that wait, by path. What blocks its thread stands in the catalogue.

/// What waits how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// As long as its argument at this position, or by this name, says.
    Given(usize, &'static str),
    /// Until somebody else does something.
    ForEver,
}

/// What is awaited.
pub(super) fn awaited(path: &str) -> Option<Waiting> {
    let path = path.strip_prefix("asyncio.").map_or(path, |rest| {
        // The modules of the package give the same names.
        let modules = ["queues.", "locks.", "tasks.", "futures.", "subprocess."];
        modules
            .iter()
            .find_map(|module| rest.strip_prefix(module))
            .unwrap_or(rest)
    });
    Some(match path {
        "sleep" | "anyio.sleep" | "trio.sleep" => Waiting::Given(0, "delay"),
        "anyio.sleep_forever" | "trio.sleep_forever" => Waiting::ForEver,
        "Queue.get"
        | "Queue.put"
        | "Queue.join"
        | "LifoQueue.get"
        | "PriorityQueue.get"
        | "Event.wait"
        | "Condition.wait"
        | "Condition.wait_for"
        | "Condition.acquire"
        | "Lock.acquire"
        | "Semaphore.acquire"
        | "BoundedSemaphore.acquire"
        | "Barrier.wait" => Waiting::ForEver,
        "anyio.Event.wait" | "trio.Event.wait" | "anyio.Lock.acquire" | "trio.Lock.acquire" => Waiting::ForEver,
        _ => return None,
    })
}
