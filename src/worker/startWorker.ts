/**
 * @param url of the script, as the build names it
 * @param again asks the server anew instead of taking what the browser kept: that may have lost its headers
 */
export function startWorker(url: string, again: boolean): Worker {
  const address = again ? `${url}${url.includes('?') ? '&' : '?'}again` : url;
  return new Worker(address, { type: 'module' });
}
