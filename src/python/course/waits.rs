//! The functions of Python's own libraries and event loops that wait, by path.

/// What waits how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// As long as its argument at this position, or by this name, says.
    Given(usize, &'static str),
    /// The same, and for ever where it is not given, or given as `None`.
    Limited(usize, &'static str),
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

/// What blocks its thread.
pub(super) fn blocking(path: &str) -> Option<Waiting> {
    Some(match path {
        "time.sleep" => Waiting::Given(0, "secs"),
        "threading.Thread.join" => Waiting::Limited(0, "timeout"),
        "threading.Event.wait" | "threading.Barrier.wait" | "threading.Condition.wait" => {
            Waiting::Limited(0, "timeout")
        }
        "threading.Lock.acquire" | "threading.RLock.acquire" => Waiting::Limited(1, "timeout"),
        "threading.Semaphore.acquire" => Waiting::Limited(1, "timeout"),
        "queue.Queue.get" | "queue.LifoQueue.get" | "queue.SimpleQueue.get" | "queue.PriorityQueue.get" => {
            Waiting::Limited(1, "timeout")
        }
        "multiprocessing.Process.join" | "subprocess.Popen.wait" => Waiting::Limited(0, "timeout"),
        "input" | "queue.Queue.join" => Waiting::ForEver,
        _ => return None,
    })
}

/// Functions that wait until a child process ends, `timeout=` at the latest.
pub(super) fn runs_process(path: &str) -> bool {
    matches!(
        path,
        "subprocess.run" | "subprocess.call" | "subprocess.check_call" | "subprocess.check_output"
    )
}
