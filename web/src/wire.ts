/**
 * The call's WebSocket, by the way the page itself came. A worker behind a proxy may not know that
 * it is reached over https, or under which name; a browser would refuse what it then calls itself.
 */
export function sameOrigin(url: string, page: { protocol: string; host: string }): string {
  const { pathname, search } = new URL(url);
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}${pathname}${search}`;
}
