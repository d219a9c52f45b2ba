"""What the rules about deadlines, and their pages, say about event loops and the libraries that set deadlines.

No peer is needed: `asyncio.sleep` stands for a wait. A check whose name ends in `_before_3_11` or `_since_3_11` runs on such Pythons
alone, one with a library's version in its name with that version alone.
"""

import asyncio
import contextlib
import datetime
import sys
import warnings
from importlib.metadata import version

import anyio
import async_timeout
import trio
from tornado import gen
from trial import in_thread, run

SHORT = 0.05
FIVE_SECONDS = datetime.timedelta(seconds=5)


async def fails(expected, coroutine, *words):
    """Fails unless the coroutine raises exactly this, with these words."""
    try:
        await coroutine
    except BaseException as error:
        assert type(error) is expected, repr(error)
        for word in words:
            assert word in str(error), str(error)
    else:
        raise AssertionError("it succeeded")


async def plain(manager):
    with manager:
        await asyncio.sleep(0)


async def entered(manager, wait=1.0):
    async with manager:
        await asyncio.sleep(wait)


def trio_scope(scope):
    async def main():
        with scope():
            await trio.sleep(0.01)

    return in_thread(trio.run, main)


async def timeout_is_missing_before_3_11():
    for name in ("timeout", "timeout_at", "TaskGroup"):
        try:
            getattr(asyncio, name)
        except AttributeError as error:
            assert str(error) == f"module 'asyncio' has no attribute '{name}'", str(error)
        else:
            raise AssertionError(name)
    try:
        from asyncio import timeout  # noqa: F401
    except ImportError as error:
        assert str(error).startswith("cannot import name 'timeout' from 'asyncio'"), str(error)
    else:
        raise AssertionError("it can be imported")


async def a_plain_with_fails_since_3_11():
    await fails(TypeError, plain(asyncio.timeout(5)), "'Timeout' object does not support the context manager protocol")


async def awaiting_a_timeout_fails_since_3_11():
    async def awaited():
        await asyncio.timeout(5)

    await fails(TypeError, awaited(), "object Timeout can't be used in 'await' expression")


async def a_bare_timeout_does_nothing_since_3_11():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.timeout(SHORT)
        await asyncio.sleep(2 * SHORT)
    assert not seen, seen


async def a_bare_wait_for_is_never_awaited():
    ran = []

    async def waited():
        ran.append(True)

    coroutine = waited()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.wait_for(coroutine, 5)
        await asyncio.sleep(SHORT)
    coroutine.close()
    assert not ran and any("was never awaited" in str(warning.message) for warning in seen), seen


async def a_wait_for_cannot_be_entered():
    waiting = asyncio.wait_for(asyncio.sleep(0), 5)
    try:
        await entered(waiting)
    except (TypeError, AttributeError) as error:
        assert sys.version_info < (3, 11) or type(error) is TypeError, repr(error)
    else:
        raise AssertionError("it was entered")
    finally:
        waiting.close()


async def entering_twice_fails_since_3_11():
    deadline = asyncio.timeout(5)
    await entered(deadline, 0)
    await fails(RuntimeError, entered(deadline, 0), "Timeout has already been entered")


async def an_asyncio_timeout_is_set_anew_in_its_block_alone_since_3_11():
    async def rescheduled(deadline):
        deadline.reschedule(None)

    early = asyncio.timeout(5)
    await fails(RuntimeError, rescheduled(early), "Timeout has not been entered")
    async with asyncio.timeout(5) as late:
        late.reschedule(None)
    await fails(RuntimeError, rescheduled(late), "Cannot change state of finished Timeout")


async def literals_cannot_be_awaited():
    async def none():
        pass

    for literal in (5, "x", None):
        await fails(TypeError, asyncio.wait_for(literal, 1))
        length = none()
        await fails(TypeError, asyncio.wait_for(literal, length))
        length.close()


async def a_small_point_in_time_is_over_since_3_11():
    async def rescheduled():
        async with asyncio.timeout(5) as deadline:
            deadline.reschedule(asyncio.get_running_loop().time() - 1)
            await asyncio.sleep(1)

    await fails(TimeoutError, rescheduled())
    await fails(TimeoutError, entered(asyncio.timeout_at(0.5)))


async def a_number_is_a_point_in_time_to_tornado():
    async def waited(limit):
        await gen.with_timeout(limit, asyncio.ensure_future(asyncio.sleep(SHORT)))

    await fails(gen.TimeoutError, waited(5), "Timeout")
    await waited(FIVE_SECONDS)


async def items_are_entered_from_left_to_right_since_3_11():
    @contextlib.asynccontextmanager
    async def slow():
        await asyncio.sleep(4 * SHORT)
        yield

    async with slow(), asyncio.timeout(2 * SHORT):
        pass


async def text_and_timedelta_fail_since_3_11():
    for value, kind in (("10", "str"), (FIVE_SECONDS, "datetime.timedelta")):
        words = f"unsupported operand type(s) for +: 'float' and '{kind}'"
        for function in (asyncio.timeout, async_timeout.timeout, anyio.fail_after, anyio.move_on_after):
            async def called():
                with contextlib.ExitStack() as stack:
                    manager = function(value)
                    if hasattr(manager, "__exit__"):
                        stack.enter_context(manager)

            await fails(TypeError, called(), words)
        await fails(TypeError, entered(asyncio.timeout_at(value)), "not supported between instances")


async def text_and_timedelta_fail_in_wait_for():
    for value in ("10", FIVE_SECONDS):
        waited = asyncio.sleep(0)
        await fails(TypeError, asyncio.wait_for(waited, value), "not supported between instances")
        waited.close()
        for scope in (trio.fail_after, trio.move_on_after):
            await fails(TypeError, trio_scope(lambda: scope(value)), "not supported between instances")


async def no_time_ends_at_once_since_3_11():
    for seconds in (0, -1):
        await fails(TimeoutError, entered(asyncio.timeout(seconds)))
        await fails(TimeoutError, asyncio.wait_for(asyncio.sleep(1), seconds))


async def trio_refuses_less_than_nothing():
    await fails(ValueError, trio_scope(lambda: trio.fail_after(-1)), "`seconds` must be non-negative")
    await trio_scope(lambda: trio.move_on_after(0))


async def an_inner_handler_sees_no_timeout_since_3_11():
    for manager in (asyncio.timeout, async_timeout.timeout):
        async def handled(kind, manager=manager):
            async with manager(SHORT):
                try:
                    await asyncio.sleep(1)
                except kind:
                    pass

        await fails(TimeoutError, handled(TimeoutError))
        await fails(TimeoutError, handled(Exception))


async def a_swallowed_deadline_is_gone_since_3_11():
    for manager in (asyncio.timeout, async_timeout.timeout):
        for kind in (asyncio.CancelledError, BaseException):
            async with manager(SHORT):
                try:
                    await asyncio.sleep(1)
                except kind:
                    pass
                await asyncio.sleep(4 * SHORT)
            async with manager(SHORT):
                with contextlib.suppress(kind):
                    await asyncio.sleep(1)
                await asyncio.sleep(4 * SHORT)


async def the_shorter_deadline_ends_the_wait_since_3_11():
    inner = []

    async def nested():
        async with asyncio.timeout(SHORT):
            try:
                await asyncio.wait_for(asyncio.sleep(1), 4 * SHORT)
            except TimeoutError:
                inner.append(True)

    await fails(TimeoutError, nested())
    assert not inner, "the inner one fired"


async def async_timeout_3_takes_a_plain_with():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await plain(async_timeout.timeout(5))


async def async_timeout_4_warns_of_a_plain_with():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        await plain(async_timeout.timeout(5))
    assert [str(one.message) for one in seen] == ["with timeout() is deprecated, use async with timeout() instead"], seen


async def async_timeout_5_fails_with_a_plain_with_since_3_11():
    words = "'Timeout' object does not support the context manager protocol"
    await fails(TypeError, plain(async_timeout.timeout(5)), words)


async def anyio_2_wants_async_with():
    await entered(anyio.fail_after(5), 0)
    try:
        await plain(anyio.fail_after(5))
    except (TypeError, AttributeError):
        return
    raise AssertionError("a plain `with` enters it")


async def anyio_3_warns_of_async_with():
    for manager in (anyio.fail_after, anyio.move_on_after):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            await entered(manager(5), 0)
        assert any("has been deprecated" in str(warning.message) for warning in seen), seen


async def anyio_4_fails_with_async_with_since_3_11():
    for manager in (anyio.fail_after, anyio.move_on_after):
        await fails(TypeError, entered(manager(5)), "does not support the asynchronous context manager protocol")


async def trio_fails_with_async_with_since_3_11():
    for manager in (trio.fail_after, trio.move_on_after):
        await fails(TypeError, entered(manager(5)), "does not support the asynchronous context manager protocol")


def applies(check):
    name = check.__name__
    is_new = sys.version_info >= (3, 11)
    if (name.endswith("_since_3_11") and not is_new) or (name.endswith("_before_3_11") and is_new):
        return False
    for library, package in (("async_timeout", "async-timeout"), ("anyio", "anyio")):
        if name.startswith(f"{library}_"):
            return name.startswith(f"{library}_{version(package).split('.')[0]}_")
    return True


CHECKS = [
    timeout_is_missing_before_3_11,
    a_plain_with_fails_since_3_11,
    awaiting_a_timeout_fails_since_3_11,
    a_bare_timeout_does_nothing_since_3_11,
    a_bare_wait_for_is_never_awaited,
    a_wait_for_cannot_be_entered,
    entering_twice_fails_since_3_11,
    an_asyncio_timeout_is_set_anew_in_its_block_alone_since_3_11,
    literals_cannot_be_awaited,
    a_small_point_in_time_is_over_since_3_11,
    a_number_is_a_point_in_time_to_tornado,
    items_are_entered_from_left_to_right_since_3_11,
    text_and_timedelta_fail_in_wait_for,
    no_time_ends_at_once_since_3_11,
    trio_refuses_less_than_nothing,
    an_inner_handler_sees_no_timeout_since_3_11,
    a_swallowed_deadline_is_gone_since_3_11,
    the_shorter_deadline_ends_the_wait_since_3_11,
    async_timeout_3_takes_a_plain_with,
    async_timeout_4_warns_of_a_plain_with,
    async_timeout_5_fails_with_a_plain_with_since_3_11,
    anyio_2_wants_async_with,
    anyio_3_warns_of_async_with,
    anyio_4_fails_with_async_with_since_3_11,
    trio_fails_with_async_with_since_3_11,
]
if version("async-timeout") >= "5" and version("anyio") >= "4":
    CHECKS.append(text_and_timedelta_fail_since_3_11)

run([check for check in CHECKS if applies(check)])
