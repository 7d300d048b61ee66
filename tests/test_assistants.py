"""`matcalc mcp`: the tools, and a session with the client of the official SDK."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from typing import Any

import pytest
from console import ROOT, run

from matcalc import assistants

SDK = importlib.util.find_spec("mcp") is not None
needs_sdk = pytest.mark.skipif(not SDK, reason="pip install -e .[mcp]")


def test_every_tool_answers_and_says_what_it_is_for() -> None:
    assert assistants.derivative("x^T A x", ["x"])["text"] == "(A + A^T) x"
    assert assistants.derivative("a^T X b", ["a", "X"])["answers"][1]["text"] == "a b^T"
    assert assistants.check("x^T A x", ["x"], "2 A x")["diagnosis"] == ["right only if A is symmetric"]
    assert "value_and_gradient" in assistants.code("||A x - b||^2", ["x"], "jax")["code"]
    assert assistants.steps("x^T x", "x")["rows"]
    assert any("det" in rule["statement"] for rule in assistants.rules("determinant"))
    assert assistants.derivative("x^T +", ["x"])["error"]["code"] == "reading"
    assert all(tool.__doc__ for tool in assistants.TOOLS)


@pytest.mark.skipif(SDK, reason="the SDK is installed")
def test_without_the_sdk_it_says_what_to_install() -> None:
    outcome = run("mcp")
    assert outcome.code == 2 and "matcalc-symbolic[mcp]" in outcome.err


@needs_sdk
@pytest.mark.filterwarnings("default")  # the SDK's own
def test_a_session_with_the_client_of_the_sdk() -> None:
    from mcp import ClientSession, StdioServerParameters, stdio_client

    async def session() -> tuple[list[str], Any, Any]:
        server = StdioServerParameters(command=sys.executable, args=["-m", "matcalc", "mcp"], cwd=str(ROOT))
        async with stdio_client(server) as streams, ClientSession(*streams) as client:
            await client.initialize()
            tools = [tool.name for tool in (await client.list_tools()).tools]
            gradient = await client.call_tool("derivative", {"expr": "||A x - b||^2", "wrt": ["x"]})
            verdict = await client.call_tool("check", {"expr": "||A x - b||^2", "wrt": "x", "claim": "A^T (A x - b)"})
            return tools, gradient, verdict

    tools, gradient, verdict = asyncio.run(asyncio.wait_for(session(), 60))
    assert tools == ["derivative", "check", "code", "steps", "rules"]
    assert json.loads(gradient.content[0].text)["text"] == "2 A^T (A x - b)"
    assert json.loads(verdict.content[0].text)["verdict"] == "not equal"
