"""A WebSocket client that is not ours: prints opcode, length and SHA-256 of each message, then how it was closed.

Usage: replayclient.py URL    Needs python3-websockets.
"""
import asyncio
import hashlib
import sys

import websockets


async def main():
    lines = []
    async with websockets.connect(sys.argv[1], max_size=None) as stream:
        try:
            while True:
                message = await stream.recv()
                kind = "text" if isinstance(message, str) else "binary"
                data = message.encode() if isinstance(message, str) else message
                lines.append(f"{kind} {len(data)} {hashlib.sha256(data).hexdigest()}")
        except websockets.ConnectionClosed as closed:
            lines.append(f"closed {closed.code}")
    print("\n".join(lines))


asyncio.run(main())
