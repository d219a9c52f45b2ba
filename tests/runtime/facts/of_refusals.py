"""What the objects of websockets' connects are, and what a refused handshake raises, in the version that is installed."""

import asyncio
import inspect
import sys
import warnings
from importlib.metadata import version

import websockets
from known import check_exception, check_lacks, found, holds, in_force, paths
from trial import JOB, in_thread, run, url

# The old names warn that they are old.
warnings.simplefilter("ignore", DeprecationWarning)

VERSION = tuple(map(int, version("websockets").split(".")[:2]))
IS_NEW = VERSION >= (14, 0)
PYTHON = sys.version_info[:2]
KNOWN = JOB["known"]["websockets"]
CLASS = "connect" if IS_NEW else "Connect"


def function(path):
    """A connect that can be called with a URL alone; None where this release does not have it."""
    return None if "unix" in path or "trio" in path else found(path)


async def raised(awaitable):
    try:
        await awaitable
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


async def raised_by(call):
    async def calls():
        return await call()

    return await raised(calls())


def attribute_error(owner, attribute):
    try:
        getattr(owner, attribute)
    except AttributeError as error:
        return str(error)
    return None


async def refused(connect):
    if inspect.getmodule(connect).__name__.startswith("websockets.sync"):
        return await raised(in_thread(connect, url("rejecting")))
    return await raised(connect(url("rejecting")))


def is_coroutine_expected(error):
    text = str(error)
    return text.startswith("a coroutine was expected, got <websockets.") and f".{CLASS} object at 0x" in text


async def objects_are_what_the_catalogue_says():
    for path in paths(KNOWN["objects"], "at"):
        connect = function(path)
        if connect is None:
            continue
        made = connect(url("echo"))
        assert not asyncio.iscoroutine(made) and inspect.isawaitable(made), path
        assert hasattr(made, "__aenter__"), path
        expected = [known["class"] for known in KNOWN["objects"] if any(holds(at, path, VERSION) for at in known["at"])]
        cls = f"{type(made).__module__}.{type(made).__qualname__}"
        assert expected == [cls] or VERSION < (9, 0), (path, expected, cls)
        connection = await made
        known = next(known for known in KNOWN["objects"] if known["class"] == expected[0])
        assert hasattr(connection, "__aenter__") == (known["unmanaged-connection"] is None), path
        for method in known["connection-methods"]:
            since = (13, 1) if method == "recv_streaming" else (0,)
            assert VERSION < since or hasattr(connection, method), (path, method)
            assert not hasattr(made, method), (path, method)
        for lack in known["connection-lacks"]:
            for attribute in lack["names"]:
                missing = f"'{known['connection']}' object has no attribute '{attribute}'"
                said = missing if in_force(lack, VERSION) else None
                assert attribute_error(connection, attribute) == said, (path, attribute)
        for rejected in known["connection-rejects"]:
            if not in_force(rejected, VERSION):
                continue
            method = getattr(connection, rejected["method"])
            positional = ("x",) if rejected["method"] == "send" else ()
            error = await raised_by(lambda: method(*positional, **{rejected["keyword"]: 1}))
            said = rejected["error" if PYTHON >= (3, 10) else "error-before-3-10"]
            assert f"{type(error).__name__}: {error}" == said, (path, error)
        await connection.close()


async def exceptions_are_what_the_catalogue_says():
    for path in paths(KNOWN["exceptions"], "raised-by"):
        connect = function(path)
        if connect is None:
            continue
        expected = [known for known in KNOWN["exceptions"] if any(holds(at, path, VERSION) for at in known["raised-by"])]
        assert len(expected) == 1, (path, expected)
        check_exception(await refused(connect), expected[0])


async def exceptions_lack_what_the_catalogue_says():
    for path in paths(KNOWN["exceptions"], "raised-by"):
        connect = function(path)
        if connect is not None:
            error = await refused(connect)
            known = next(known for known in KNOWN["exceptions"] if type(error).__name__ in known["paths"][0].split("."))
            check_lacks(error, known, since_headers=VERSION >= (10, 0))


async def the_two_exceptions_are_siblings():
    from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidStatusCode

    assert not issubclass(InvalidStatus, InvalidStatusCode) and not issubclass(InvalidStatusCode, InvalidStatus)
    assert issubclass(InvalidStatus, InvalidHandshake) and issubclass(InvalidStatusCode, InvalidHandshake)


async def the_old_exception_still_imports():
    from websockets.exceptions import InvalidStatusCode

    assert InvalidStatusCode is websockets.InvalidStatusCode


async def create_task_takes_coroutines_only():
    loop = asyncio.get_running_loop()
    for create in (asyncio.create_task, loop.create_task):
        error = await raised_by(lambda: create(websockets.connect(url("echo"))))
        assert isinstance(error, TypeError) and is_coroutine_expected(error), repr(error)


async def a_task_group_takes_coroutines_only():
    async def group():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(websockets.connect(url("echo")))

    error = await raised(group())
    (inner,) = error.exceptions
    assert isinstance(error, ExceptionGroup) and isinstance(inner, TypeError), repr(error)
    assert is_coroutine_expected(inner), str(inner)


async def run_takes_coroutines_only():
    def run_it():
        # The legacy connect wants a loop as soon as it is made.
        asyncio.set_event_loop(asyncio.new_event_loop())
        asyncio.run(websockets.connect(url("echo")))

    error = await raised(in_thread(run_it))
    assert isinstance(error, ValueError) and is_coroutine_expected(error), repr(error)


async def run_coroutine_threadsafe_takes_coroutines_only():
    loop = asyncio.get_running_loop()
    connect = websockets.connect(url("echo"))
    error = await raised(in_thread(asyncio.run_coroutine_threadsafe, connect, loop))
    assert isinstance(error, TypeError) and str(error) == "A coroutine object is required", repr(error)


async def wait_takes_futures_only():
    error = await raised(asyncio.wait([websockets.connect(url("echo"))]))
    expected = f"'{CLASS}' object has no attribute 'add_done_callback'"
    assert isinstance(error, AttributeError) and str(error) == expected, repr(error)


async def wait_takes_awaitables():
    (task,), _ = await asyncio.wait([websockets.connect(url("echo"))])
    await task.result().close()


async def what_takes_awaitables_works():
    loop = asyncio.get_running_loop()
    made = [
        asyncio.ensure_future(websockets.connect(url("echo"))),
        asyncio.ensure_future(websockets.connect(url("echo")), loop=loop),
        asyncio.gather(websockets.connect(url("echo"))),
        asyncio.shield(websockets.connect(url("echo"))),
        asyncio.wait_for(websockets.connect(url("echo")), 5),
    ]
    assert isinstance(made[0], asyncio.Task) and isinstance(made[1], asyncio.Task)
    for awaitable in made:
        connection = await awaitable
        connection = connection[0] if isinstance(connection, list) else connection
        await connection.close()


async def the_connection_of_the_legacy_client_cannot_be_entered():
    from websockets.client import connect

    connection = await connect(url("echo"))

    async def enter():
        async with connection:
            pass

    error = await raised(enter())
    text = "'WebSocketClientProtocol' object does not support the asynchronous context manager protocol"
    if PYTHON >= (3, 11):
        assert isinstance(error, TypeError) and str(error) == text, repr(error)
    else:
        assert isinstance(error, AttributeError), repr(error)
    assert connection.open, "it is closed"
    await connection.close()


async def the_connection_of_the_new_client_can_be_entered():
    async with await websockets.connect(url("echo")) as ws:
        await ws.send("x")


async def a_plain_with_cannot_enter_it():
    async def enter():
        with websockets.connect(url("echo")):
            pass

    error = await raised(enter())
    if PYTHON >= (3, 11):
        expected = f"'{CLASS}' object does not support the context manager protocol"
        assert isinstance(error, TypeError) and str(error) == expected, repr(error)
    else:
        assert isinstance(error, AttributeError) and str(error) == "__enter__", repr(error)


async def it_has_no_methods_of_the_connection():
    error = await raised_by(lambda: websockets.connect(url("echo")).send("x"))
    expected = f"'{CLASS}' object has no attribute 'send'"
    assert isinstance(error, AttributeError) and str(error) == expected, repr(error)


async def the_text_of_a_refused_tcp_connect_holds_its_port():
    error = await raised(websockets.connect(url("refusing")))
    port = JOB["ports"]["refusing"]
    assert isinstance(error, ConnectionRefusedError), repr(error)
    assert str(error).endswith(f"Connect call failed ('127.0.0.1', {port})"), str(error)


ANY = ((0,), (999,))
CHECKS = [
    # Check, versions of websockets, Pythons.
    (objects_are_what_the_catalogue_says, ANY, ANY),
    (exceptions_are_what_the_catalogue_says, ANY, ANY),
    (exceptions_lack_what_the_catalogue_says, ANY, ANY),
    (the_two_exceptions_are_siblings, ((10, 0), (999,)), ANY),
    (the_old_exception_still_imports, ANY, ANY),
    (create_task_takes_coroutines_only, ANY, ANY),
    (a_task_group_takes_coroutines_only, ANY, ((3, 11), (999,))),
    (run_takes_coroutines_only, ANY, ((0,), (3, 14))),
    (run_coroutine_threadsafe_takes_coroutines_only, ANY, ANY),
    (wait_takes_futures_only, ANY, ((3, 11), (999,))),
    (wait_takes_awaitables, ANY, ((0,), (3, 11))),
    (what_takes_awaitables_works, ANY, ANY),
    (the_connection_of_the_legacy_client_cannot_be_entered, ANY, ANY),
    (the_connection_of_the_new_client_can_be_entered, ((14, 0), (999,)), ANY),
    (a_plain_with_cannot_enter_it, ANY, ANY),
    (it_has_no_methods_of_the_connection, ANY, ANY),
    (the_text_of_a_refused_tcp_connect_holds_its_port, ANY, ANY),
]

run([
    check
    for check, (since, until), (oldest, newer) in CHECKS
    if since <= VERSION < until and oldest <= PYTHON < newer
])
