/** Stands in for a browser's Worker: keeps what is posted, and says what the test tells it to. */
export class StandInWorker<Request, Event> extends EventTarget {
  readonly requests: Request[] = [];
  terminated = false;
  postMessage(request: Request) {
    this.requests.push(request);
  }
  terminate() {
    this.terminated = true;
  }
  say(data: Event) {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}
