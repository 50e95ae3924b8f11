"""A WebSocket server that is not ours: sends N messages as fast as it can, text and binary by turns, then closes with 1000.

Usage: floodserver.py N [TEXT]   prints its port; TEXT replaces the text messages. Needs python3-websockets.
"""
import asyncio
import hashlib
import json
import struct
import sys

import websockets

COUNT = int(sys.argv[1])
TEXT = sys.argv[2] if len(sys.argv) > 2 else None


def update(number):
    return json.dumps({
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "conversationId": f"10000000-0000-4000-8000-{number % 97:012d}",
        "type": "interaction.update", "version": 3, "sequence": number, "timestamp": "2026-11-24T20:15:07.431Z",
        "mediaType": "voice", "direction": "inbound", "state": "connected",
        "queue": {"id": "q-0042", "name": "Billing · Español"},
        "participants": [{"id": "p", "purpose": "customer", "name": "Zoë Müller", "state": "connected"}],
        "routing": {"queueId": "q-0042", "skills": ["de"], "priority": 5, "waitMs": 1200}, "attributes": {}},
        ensure_ascii=False)


def media(number):
    samples = bytes((number + i) % 251 for i in range(1600))
    head = b"TMED" + struct.pack(">BBBBII", 1, 0, 1, 0, number, (number - 1) * 1600)
    return head + hashlib.sha256(samples).digest() + samples


async def serve(socket):
    for number in range(1, COUNT + 1):
        half = (number + 1) // 2
        await socket.send((TEXT or update(half)) if number % 2 else media(half))
    await socket.close(1000)


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
