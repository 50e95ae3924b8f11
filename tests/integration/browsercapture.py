#!/usr/bin/env python3
"""Saves a HAR as a person would with Chrome's DevTools: a page opens a WebSocket while DevTools watch, and they write it.

    browsercapture.py CHROMIUM WS_URL MESSAGES OUT.har TEXT...

Starts headless Chromium, opens its own DevTools in a second tab on the first one, lets the page in the first one connect
to WS_URL, send each TEXT and take MESSAGES messages, and asks DevTools' own code for the network log as HAR.
Drives both tabs by the DevTools protocol over loopback (python3-websockets). Prints one line of JSON: what the page
itself sent and received, binary as base64, so that the HAR can be held against it.
"""
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

import websockets

PAGE = """new Promise((done, failed) => {
  const seen = [];
  const socket = new WebSocket(%s);
  socket.binaryType = 'arraybuffer';
  const text64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  socket.onopen = () => {
    for (const text of %s) {
      socket.send(text);
      seen.push({type: 'send', opcode: 1, data: text});
    }
  };
  socket.onmessage = event => {
    const isText = typeof event.data === 'string';
    seen.push({type: 'receive', opcode: isText ? 1 : 2, data: isText ? event.data : text64(event.data)});
    if (seen.length >= %d) { socket.onmessage = null; socket.close(1000); }
  };
  socket.onclose = () => done(JSON.stringify(seen));
  setTimeout(() => failed(new Error('only ' + seen.length + ' messages came')), 30000);
})"""

COUNT = """(async () => {
  const Logs = await import('./models/logs/logs.js');
  return Logs.NetworkLog.NetworkLog.instance().requests().length;
})()"""

SAVE = """(async () => {
  const HAR = await import('./models/har/har.js');
  const Logs = await import('./models/logs/logs.js');
  const requests = Logs.NetworkLog.NetworkLog.instance().requests();
  return JSON.stringify({log: await HAR.Log.Log.build(requests, {sanitize: false})});
})()"""


def fetch(base, path, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(base + path, method=method), timeout=30) as reply:
        return json.load(reply)


def debugging_address(home, browser):
    """The port that Chromium chose, which it writes into its profile."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if browser.poll() is not None:
            sys.exit("chromium ended with code %d" % browser.returncode)
        try:
            with open(home + "/profile/DevToolsActivePort", encoding="ascii") as file:
                return "127.0.0.1:%d" % int(file.readline())
        except (OSError, ValueError):
            time.sleep(0.05)
    sys.exit("chromium did not open its debugging port")


class Tab:
    """A target of the DevTools protocol."""

    def __init__(self, socket):
        self.socket = socket
        self.number = 0

    async def call(self, method, **parameters):
        self.number += 1
        await self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            reply = json.loads(await asyncio.wait_for(self.socket.recv(), 60))
            if reply.get("id") == self.number:
                if "error" in reply:
                    sys.exit("%s: %s" % (method, reply["error"]["message"]))
                return reply["result"]

    async def evaluate(self, expression):
        result = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit("%s" % result["exceptionDetails"].get("exception", {}).get("description", "it failed"))
        return result["result"].get("value")


async def until(tab, expression, what):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if await tab.evaluate(expression):
            return
        await asyncio.sleep(0.1)
    sys.exit(what)


async def capture(address, url, messages, texts):
    base = "http://" + address
    page = next(target for target in fetch(base, "/json/list") if target["type"] == "page")
    tools = fetch(base, "/json/new?devtools://devtools/bundled/inspector.html?ws=%s/devtools/page/%s" %
                  (address, page["id"]), "PUT")
    connect = {"max_size": None, "ping_interval": None}
    async with websockets.connect(page["webSocketDebuggerUrl"], **connect) as page_socket, \
            websockets.connect(tools["webSocketDebuggerUrl"], **connect) as tools_socket:
        page_tab, tools_tab = Tab(page_socket), Tab(tools_socket)
        # Not before DevTools have begun by themselves: their parts cannot be made earlier, and say so.
        await until(tools_tab, """(async () => {
          try {
            const Common = await import('./core/common/common.js');
            Common.Settings.Settings.instance();
            const SDK = await import('./core/sdk/sdk.js');
            const Logs = await import('./models/logs/logs.js');
            const target = SDK.TargetManager.TargetManager.instance().primaryPageTarget();
            return target !== null && Logs.NetworkLog.NetworkLog.instance() !== null;
          } catch (error) {
            return false;
          }
        })()""", "DevTools did not attach")
        # Attached is not yet listening: something small has to be seen first.
        deadline = time.monotonic() + 60
        while not await tools_tab.evaluate(COUNT) and time.monotonic() < deadline:
            await page_tab.evaluate("fetch('data:,probe').then(() => true)")
            await asyncio.sleep(0.1)
        seen = json.loads(await page_tab.evaluate(PAGE % (json.dumps(url), json.dumps(texts), messages + len(texts))))
        # The last messages may still be on their way from the browser to its DevTools.
        await until(tools_tab, """(async () => {
          const Logs = await import('./models/logs/logs.js');
          const requests = Logs.NetworkLog.NetworkLog.instance().requests();
          return requests.some(request => request.frames().filter(frame => frame.opCode > 0).length >= %d);
        })()""" % len(seen), "DevTools did not see all messages")
        return seen, await tools_tab.evaluate(SAVE)


def main():
    chromium, url, messages, out = sys.argv[1:5]
    texts = sys.argv[5:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environment = dict(os.environ, HOME=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home)
        browser = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-background-networking", "--no-first-run", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={home}/profile",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        try:
            seen, har = asyncio.run(capture(debugging_address(home, browser), url, int(messages), texts))
        finally:
            browser.terminate()
            browser.wait(timeout=20)
    with open(out, "w", encoding="utf-8") as file:
        file.write(har)
    print(json.dumps(seen))


main()
