"""The comparison lab: the same messages over HTTP, SSE, WebSocket and WebRTC, and every byte of them counted."""
