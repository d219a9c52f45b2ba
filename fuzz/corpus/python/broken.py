import websockets
x = (
# ws-lint: ignore[
async def f(: f"{
