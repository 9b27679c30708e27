// What to say when nothing else here can run. A plain script: modules do not load from a folder.
addEventListener(
  'error',
  (event) => {
    if (event.target?.tagName !== 'SCRIPT') return;
    var words =
      location.protocol === 'file:'
        ? 'Browsers do not run this page straight from a folder: run “npm start” and open the address it prints, or put the folder on a web server.'
        : navigator.onLine === false
          ? 'You are offline, and this page has not been fetched yet: connect, then reload.'
          : 'This page could not be loaded: reload it. If that does not help, its scripts are missing on the server, or sent with a wrong type.';
    var say = () => {
      var root = document.getElementById('root');
      if (root.firstChild) return;
      var line = document.createElement('p');
      line.setAttribute('role', 'alert');
      line.style.cssText = 'max-width: 36rem; margin: 20vh auto; padding: 0 1rem; font: 1.1rem/1.5 system-ui';
      line.textContent = words;
      root.appendChild(line);
    };
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', say);
    else say();
  },
  true,
);
