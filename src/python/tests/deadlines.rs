//! Which deadlines a connect is under.

use super::*;

#[test]
fn an_async_with_around_or_before_a_connect_is_a_deadline() {
    let connect = "async with websockets.connect(url) as ws: pass";
    let in_block = |with: &str| deadlines_in(&format!("{with}:\n    {connect}"));
    assert_eq!(in_block("async with asyncio.timeout(5)"), ["asyncio.timeout 5"]);
    assert_eq!(in_block("async with asyncio.timeout(delay=5)"), ["asyncio.timeout 5"]);
    assert_eq!(in_block("async with asyncio.timeout(t)"), ["asyncio.timeout unknown"]);
    assert_eq!(
        in_block("async with asyncio.timeout(None)"),
        ["asyncio.timeout unlimited"]
    );
    assert_eq!(
        in_block("async with asyncio.timeout(None) as d"),
        ["asyncio.timeout unknown"]
    );
    assert_eq!(
        in_block("async with asyncio.timeout_at(loop.time() + 3)"),
        ["asyncio.timeout_at 3"]
    );
    assert_eq!(
        in_block("async with async_timeout.timeout(2.5)"),
        ["async_timeout.timeout 2.5"]
    );
    assert_eq!(in_block("with anyio.fail_after(5)"), ["anyio.fail_after 5"]);
    assert_eq!(
        in_block("with anyio.move_on_after(5) as scope"),
        ["anyio.move_on_after 5"]
    );
    assert_eq!(in_block("with trio.fail_after(seconds=5)"), ["trio.fail_after 5"]);
    assert_eq!(in_block("with trio.move_on_at(x)"), ["trio.move_on_at unknown"]);
    assert_eq!(
        in_block("async with (asyncio.timeout(5) if t else x())"),
        ["asyncio.timeout unknown"]
    );
    assert_eq!(
        in_block("async with asyncio.timeout(5), asyncio.timeout(3)"),
        ["asyncio.timeout 3", "asyncio.timeout 5"]
    );
    assert_eq!(
        deadlines_in("async with asyncio.timeout(5), websockets.connect(url) as ws: pass"),
        ["asyncio.timeout 5"]
    );
    assert_eq!(
        deadlines_in("cm = asyncio.timeout(5)\nasync with cm:\n    await websockets.connect(url)"),
        ["asyncio.timeout unknown"]
    );
}

#[test]
fn what_does_not_bound_the_wait_is_no_deadline() {
    let none: Vec<String> = Vec::new();
    for body in [
        "async with websockets.connect(url) as ws, asyncio.timeout(5): pass",
        "async with asyncio.timeout(5): pass\nawait websockets.connect(url)",
        "asyncio.timeout(5)\nawait websockets.connect(url)",
        "async with asyncio.timeout(5):\n    async def inner():\n        await websockets.connect(url)",
        "async with asyncio.timeout(5):\n    f = lambda: websockets.connect(url)",
        "async with asyncio.timeout(5):\n    class A:\n        c = websockets.connect(url)",
        "await asyncio.wait_for(f(await websockets.connect(url)), 5)",
        "await asyncio.wait({websockets.connect(url)})",
        "with anyio.CancelScope():\n    await websockets.connect(url)",
    ] {
        assert_eq!(deadlines_in(body), none, "{body}");
    }
}

#[test]
fn what_fails_before_the_wait_counts_as_the_deadline_that_it_is_meant_to_be() {
    for (body, deadline) in [
        (
            "with asyncio.timeout(5):\n    await websockets.connect(url)",
            "asyncio.timeout 5",
        ),
        (
            "async with anyio.fail_after(5):\n    await websockets.connect(url)",
            "anyio.fail_after 5",
        ),
        (
            "async with asyncio.timeout():\n    await websockets.connect(url)",
            "asyncio.timeout unknown",
        ),
        (
            "await asyncio.wait_for(websockets.connect(url))",
            "asyncio.wait_for unknown",
        ),
    ] {
        assert_eq!(deadlines_in(body), [deadline], "{body}");
    }
}

#[test]
fn what_says_by_its_name_that_it_ends_a_wait_is_a_deadline_of_unknown_length() {
    for (body, deadline) in [
        (
            "asyncio = t\nasync with asyncio.timeout(5):\n    await websockets.connect(url)",
            "timeout unknown",
        ),
        (
            "with self.fail_after(5):\n    await websockets.connect(url)",
            "fail_after unknown",
        ),
        ("await with_timeout(websockets.connect(url), 5)", "with_timeout unknown"),
    ] {
        assert_eq!(deadlines_in(body), [deadline], "{body}");
    }
    for body in [
        "async with ClientTimeout(5):\n    await websockets.connect(url)",
        "await with_timeout(f(await websockets.connect(url)), 5)",
    ] {
        assert!(deadlines_in(body).is_empty(), "{body}");
    }
}

#[test]
fn a_call_that_awaits_the_connect_and_gives_up_is_a_deadline() {
    for (body, deadline) in [
        (
            "await asyncio.wait_for(websockets.connect(url), 5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(websockets.connect(url), timeout=5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(timeout=5, fut=websockets.connect(url))",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(websockets.connect(url), None)",
            "asyncio.wait_for unlimited",
        ),
        (
            "await asyncio.wait_for(asyncio.gather(*[websockets.connect(u) for u in t]), 5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(stack.enter_async_context(websockets.connect(url)), 5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait({asyncio.ensure_future(websockets.connect(url))}, timeout=5)",
            "asyncio.wait 5",
        ),
        (
            "conn = websockets.connect(url)\nawait asyncio.wait_for(conn, 5)",
            "asyncio.wait_for 5",
        ),
        (
            "asyncio.run_coroutine_threadsafe(websockets.connect(url), t).result(5)",
            "concurrent.futures.Future.result 5",
        ),
    ] {
        assert_eq!(deadlines_in(body), [deadline], "{body}");
    }
}

#[test]
fn a_deadline_on_an_exit_stack_holds_for_the_rest_of_the_block() {
    let deadline = "await stack.enter_async_context(asyncio.timeout(5))";
    let connect = "await stack.enter_async_context(websockets.connect(url))";
    assert_eq!(deadlines_in(&format!("{deadline}\n{connect}")), ["asyncio.timeout 5"]);
    assert_eq!(
        deadlines_in(&format!("stack.enter_context(anyio.fail_after(5))\n{connect}")),
        ["anyio.fail_after 5"]
    );
    assert_eq!(deadlines_in(&format!("{connect}\n{deadline}")), Vec::<String>::new());
    assert_eq!(
        deadlines_in(&format!("if t:\n    {deadline}\n{connect}")),
        Vec::<String>::new()
    );
    assert_eq!(
        deadlines_in(&format!("stack.enter_async_context(asyncio.timeout(5))\n{connect}")),
        Vec::<String>::new()
    );
}

#[test]
fn a_lifted_deadline_has_no_limit_for_what_comes_behind() {
    let lifted = |how: &str| {
        deadlines_in(&format!(
            "async with asyncio.timeout(5) as d:\n    async with websockets.connect(url) as a:\n        {how}\n        await websockets.connect(url)"
        ))
    };
    assert_eq!(lifted("d.reschedule(None)"), ["asyncio.timeout unlimited"]);
    assert_eq!(lifted("d.deadline = math.inf"), ["asyncio.timeout unlimited"]);
    assert_eq!(lifted("d.deadline = x"), ["asyncio.timeout unknown"]);
    assert_eq!(lifted("d.reschedule(when)"), ["asyncio.timeout unknown"]);
    assert_eq!(lifted("e.reschedule(None)"), ["asyncio.timeout 5"]);
    assert_eq!(
        deadlines_in(
            "async with asyncio.timeout(5) as d:\n    async with websockets.connect(url) as a:\n        d.reschedule(None)"
        ),
        ["asyncio.timeout 5"]
    );
}

#[test]
fn a_helper_whose_callers_all_wrap_it_is_covered() {
    let helper = "async def helper():\n    return await websockets.connect(u)\n";
    let with = |callers: &str| deadlines(&format!("{helper}{callers}"));
    let wrapped = "async def a():\n    await asyncio.wait_for(helper(), 5)\n";
    assert_eq!(with(wrapped), ["asyncio.wait_for 5 in callers"]);
    let longer = "async def b():\n    async with asyncio.timeout(7):\n        await helper()\n";
    assert_eq!(with(&format!("{wrapped}{longer}")), ["asyncio.timeout 7 in callers"]);
    assert_eq!(
        with("async def outer():\n    await helper()\nasync def a():\n    await asyncio.wait_for(outer(), 5)\n"),
        ["asyncio.wait_for 5 in callers"]
    );
    let none: Vec<String> = Vec::new();
    assert_eq!(with(&format!("{wrapped}async def b():\n    await helper()\n")), none);
    assert_eq!(with(&format!("{wrapped}asyncio.run(helper())\n")), none);
    assert_eq!(with(&format!("{wrapped}register(helper)\n")), none);
    assert_eq!(
        with("async def a():\n    await asyncio.wait_for(helper(), None)\n"),
        none
    );
    assert_eq!(with(""), none);
    assert_eq!(deadlines(&format!("@pytest.fixture\n{helper}{wrapped}")), none);
}

#[test]
fn a_method_whose_callers_all_wrap_it_is_covered() {
    let class = "class A:\n    async def open(self):\n        await websockets.connect(u)\n    async def run(self):\n        await asyncio.wait_for(self.open(), 5)\n";
    assert_eq!(deadlines(class), ["asyncio.wait_for 5 in callers"]);
    let none: Vec<String> = Vec::new();
    assert_eq!(
        deadlines(&format!("{class}async def f(a):\n    await a.open()\n")),
        none
    );
    assert_eq!(deadlines(&format!("{class}def f(a):\n    return a.open\n")), none);
    assert_eq!(
        deadlines(&format!(
            "{class}async def f(a):\n    async with asyncio.timeout(9):\n        await a.open()\n"
        )),
        ["asyncio.timeout 9 in callers"]
    );
}

#[test]
fn a_local_context_manager_is_the_deadline_it_yields_under() {
    let manager =
        "@contextlib.asynccontextmanager\nasync def limited():\n    async with asyncio.timeout(5):\n        yield\n";
    let used = "async def main():\n    async with limited():\n        await websockets.connect(u)\n";
    assert_eq!(deadlines(&format!("{manager}{used}")), ["asyncio.timeout 5"]);
    assert_eq!(
        deadlines(&format!(
            "{used}{}",
            manager.replace("        yield", "        pass\n    yield")
        )),
        Vec::<String>::new()
    );
}
