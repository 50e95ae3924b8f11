#!/usr/bin/env python3
"""Signs in as a person would: opens URL in headless Chromium and follows what the page offers.

    browsersignin.py CHROMEDRIVER URL LINK_ID

Drives Chromium by the W3C WebDriver protocol (chromedriver, over loopback). Prints one line of JSON: the URL that the
browser ended at and the text that it showed.
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def call(base, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, method=method, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)["value"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(base, driver):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if driver.poll() is not None:
            sys.exit("chromedriver ended with code %d" % driver.returncode)
        try:
            if call(base, "GET", "/status")["ready"]:
                return
        except (urllib.error.URLError, ConnectionError, OSError):
            pass
        time.sleep(0.05)
    sys.exit("chromedriver did not become ready")


def wait_for(base, session, element_id):
    """The element, as soon as the page has it."""
    call(base, "POST", f"/session/{session}/timeouts", {"implicit": 30_000, "pageLoad": 60_000})
    found = call(base, "POST", f"/session/{session}/element", {"using": "css selector", "value": "#" + element_id})
    return next(iter(found.values()))


def main():
    chromedriver, url, link_id = sys.argv[1:4]
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOME=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home)
        driver = subprocess.Popen([chromedriver, f"--port={port}"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, env=environment)
        base = f"http://127.0.0.1:{port}"
        try:
            wait_until_ready(base, driver)
            arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--no-first-run", f"--user-data-dir={home}/profile",
                         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
            opened = call(base, "POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": {"args": arguments}}}})
            session = opened["sessionId"]
            call(base, "POST", f"/session/{session}/url", {"url": url})
            element = wait_for(base, session, link_id)
            call(base, "POST", f"/session/{session}/element/{element}/click", {})
            body = wait_for(base, session, "framescope-answer")
            text = call(base, "GET", f"/session/{session}/element/{body}/text")
            ended = call(base, "GET", f"/session/{session}/url")
            call(base, "DELETE", f"/session/{session}")
            print(json.dumps({"url": ended, "text": text}))
        finally:
            driver.terminate()
            driver.wait(timeout=10)


main()
