use super::*;
use crate::python::syntax::parse;

fn told(text: &str) -> Option<String> {
    let source = SourceFile::new("x.py", crate::source::Language::Python, text.to_owned());
    let parsed = parse::parse(&source).unwrap();
    let names = Names::build(parsed.syntax());
    let choice = VersionChoice::of(parsed.syntax(), &names, None);
    oldest(parsed.syntax(), &names, &choice, &source).map(|python| python.to_string())
}

#[test]
fn what_is_kept_for_old_pythons_tells_them() {
    for (text, said) in [
        ("import asyncio\n@asyncio.coroutine\ndef f(): ...\n", "3.10"),
        (
            "import asyncio\nasync def f(loop): await asyncio.sleep(1, loop=loop)\n",
            "3.9",
        ),
        ("from asyncio import Queue\nq = Queue(loop=None)\n", "3.9"),
        ("import collections\nprint(collections.Mapping)\n", "3.9"),
        ("from collections import Mapping\n", "3.9"),
        (
            "import sys\nif sys.version_info >= (3, 11): x = 1\nelse: x = 2\n",
            "3.10",
        ),
        (
            "from sys import version_info\nx = 1 if (3, 9) <= version_info else 2\n",
            "3.8",
        ),
        (
            "import sys, pytest\n@pytest.mark.skipif(sys.version_info < (3, 11), reason='x')\ndef test(): ...\n",
            "3.10",
        ),
        (
            "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n",
            "3.10",
        ),
        (
            "try:\n    from asyncio import timeout\nexcept ImportError:\n    from async_timeout import timeout\n",
            "3.10",
        ),
        (
            "import asyncio, sys\nif sys.version_info < (3, 10): asyncio.TaskGroup()\nimport tomllib\n",
            "3.9",
        ),
    ] {
        assert_eq!(told(text).as_deref(), Some(said), "{text}");
    }
}

#[test]
fn what_only_new_pythons_have_tells_them() {
    for (text, said) in [
        ("try: f()\nexcept* OSError: pass\n", "3.11"),
        ("import tomllib\n", "3.11"),
        (
            "import asyncio\nasync def f():\n    async with asyncio.TaskGroup(): ...\n",
            "3.11",
        ),
        ("from asyncio import timeout\n", "3.11"),
        ("def f(e): return isinstance(e, ExceptionGroup)\n", "3.11"),
        ("def first[T](items: list[T]): ...\n", "3.12"),
        ("type X = int\n", "3.12"),
        (
            "import sys\nif sys.version_info < (3, 12): sys.exit('too old')\nprint(1)\n",
            "3.12",
        ),
    ] {
        assert_eq!(told(&format!("\n{text}")).as_deref(), Some(said), "{text}");
    }
    for text in [
        "import asyncio\nasync def f(loop): asyncio.ensure_future(g(), loop=loop)\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing import Self\n",
        "import sys\nif sys.version_info >= (3, 12): x = 1\n",
        "import mine\nmine.timeout()\n",
        "class ExceptionGroup: ...\nraise ExceptionGroup()\n",
        "import collections\ncollections.OrderedDict()\n",
    ] {
        assert_eq!(told(text), None, "{text}");
    }
}
