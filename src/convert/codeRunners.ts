// Python's functions that turn opening a file into running what it says. We call nothing, so they are as inert here as
// all else; but a file that calls one harms whoever opens it with PyTorch, and is refused by name.

/** Whose functions reach the system, wherever they stand in a dotted name: `torch.os.system` is os.system too. */
const systemModules: ReadonlySet<string> = new Set([
  'os',
  'posix',
  'nt',
  'subprocess',
  'sys',
  'pty',
  'ctypes',
]);

/** Modules of Python's library that load or run code, or reach the network. */
const modules: ReadonlySet<string> = new Set([
  ...['importlib', 'runpy', 'imp', 'pickle', '_pickle', 'cPickle', 'marshal', 'code', 'codeop', 'pdb', 'bdb'],
  ...['commands', 'popen2', 'timeit', 'shutil', 'socket', 'webbrowser', 'multiprocessing', 'asyncio', 'pip'],
  ...['urllib', 'urllib2', 'http', 'requests', 'pydoc', 'cProfile', 'profile', 'trace', 'doctest'],
]);

const functions = new RegExp(
  `^(?:${[
    '(?:builtins|__builtin__)\\.(?:eval|exec|execfile|compile|open|file|__import__|input|breakpoint|apply|reload|setattr|delattr|globals)',
    'types\\.(?:FunctionType|LambdaType|CodeType)',
    'torch\\.(?:hub\\..*|load|serialization\\.load|jit\\.load|utils\\.cpp_extension\\..*)',
    'numpy\\.(?:load|testing\\._private\\.utils\\.runstring|f2py\\..*)',
  ].join('|')})$`,
);

/** Would calling it, or making an object of it, run code of the file's choice? Module and name with dots between. */
export function runsCode(name: string): boolean {
  // Nothing longer names any of these.
  if (name.length > 500) return false;
  const parts = name.split('.');
  return modules.has(parts[0]) || parts.some((part) => systemModules.has(part)) || functions.test(name);
}
