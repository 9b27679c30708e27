// The state of Python's pickle machine and what its opcodes do to it, without the Python. It evaluates nothing, pays for
// all that it keeps or copies, and does not recurse.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { type Budget, cost } from './budget.ts';
import { runsCode } from './codeRunners.ts';
import { allowedCall, type Call, makesItsArgument, storageOf } from './pickleGlobals.ts';
import { opcodeName } from './pickleOpcodes.ts';
import { isKind, type PickleStorage, type PickleValue, typeInWords } from './pickleValues.ts';

/** Characters of a module and name. */
const longestName = 4096;

export type PickleMachine = ReturnType<typeof pickleMachine>;

/** An empty machine. Every operation throws a UserError that names the opcode begun last and where it lies. */
export function pickleMachine(fileLength: number, budget: Budget) {
  const memo = new Map<number, PickleValue>();
  const stack: PickleValue[] = [];
  const storages = new Map<string, PickleStorage>();
  /** Stack heights at the open MARKs. */
  const marks: number[] = [];
  /** The opcode being run, and where it lies. */
  let code = 0;
  let at = 0;

  const fail = (what: string): UserError => new UserError('checkpoint', `pickle: ${what}`);
  const damaged = (what: string): UserError =>
    fail(`${opcodeName(code)} at byte ${at} ${what}: the file is damaged. Fetch it again.`);
  const refuseCode = (verb: string, name: string): void => {
    if (!runsCode(name)) return;
    throw fail(
      `${opcodeName(code)} ${verb} ${quoted(name)} at byte ${at}: refused, this file runs code when PyTorch opens it. Save only the model's state_dict.`,
    );
  };

  const push = (value: PickleValue): void => {
    budget.spend(sizeOf(value));
    stack.push(value);
  };
  const pop = (): PickleValue => {
    // What lies below an open MARK is out of reach.
    const value = stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined;
    if (value === undefined) throw damaged('finds the stack empty');
    return value;
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  /** All above the last MARK, the lowest first. */
  const popToMark = (): PickleValue[] => {
    const mark = marks.pop();
    if (mark === undefined) throw damaged('finds no MARK');
    return stack.splice(mark);
  };
  /** An object that is filled and never asked to do anything. */
  const pushInert = (className: string): void =>
    push({ kind: 'instance', className, state: null, items: null });
  const makeObject = (target: PickleValue | undefined): void => {
    // What a call would have returned may be a class as well.
    if (isKind(target, 'instance')) pushInert(target.className);
    else if (isKind(target, 'global')) {
      refuseCode('makes an object of', target.name);
      pushInert(target.name);
    } else throw damaged(`makes an object of ${typeInWords(target)}`);
  };

  const result = (name: string, call: Call, args: PickleValue): PickleValue => {
    const value = Array.isArray(args) ? call(args, budget) : undefined;
    if (value !== undefined) return value;
    throw fail(
      `${opcodeName(code)} calls ${quoted(name)} at byte ${at} with arguments that are not supported. Save a plain state_dict of dense tensors with torch.save.`,
    );
  };

  return {
    /** Every storage named so far, by key. */
    storages: storages as ReadonlyMap<string, PickleStorage>,
    damaged,
    /** Starts the opcode at a position; its errors name both. */
    begin(opcode: number, position: number): void {
      code = opcode;
      at = position;
      budget.spend(cost.slot);
    },
    unsupported: (): UserError =>
      fail(`unsupported opcode ${opcodeName(code)} at byte ${at}: the file is damaged or not from PyTorch.`),

    push,
    pop,
    top,
    /** DUP: the same thing once more. */
    duplicate(): void {
      budget.spend(cost.number);
      stack.push(top());
    },
    mark(): void {
      budget.spend(cost.number);
      marks.push(stack.length);
    },
    /** POP takes a MARK where that lies on top. */
    drop(): void {
      if (stack.length === marks.at(-1)) marks.pop();
      else pop();
    },
    popToMark,
    /** The topmost values, the lowest first. */
    popMany(count: number): PickleValue[] {
      return Array.from({ length: count }, pop).reverse();
    },

    put(index = memo.size): void {
      // Every memo entry takes at least a byte of the file.
      if (!(index >= 0 && index < fileLength)) {
        throw damaged(`uses memo entry ${index}, more than a file of ${fileLength} bytes can have`);
      }
      budget.spend(cost.mapItem);
      memo.set(index, top());
    },
    get(index: number): void {
      const value = memo.get(index);
      if (value === undefined) throw damaged(`asks for memo entry ${index}, which was never kept`);
      budget.spend(cost.number);
      stack.push(value);
    },

    append(target: PickleValue, items: readonly PickleValue[]): void {
      budget.spend(cost.slot * items.length);
      // What a deque or another list-like object holds is of no use here.
      if (isKind(target, 'instance')) return;
      if (!Array.isArray(target)) throw damaged(`fills ${typeInWords(target)} like a list`);
      for (const item of items) target.push(item);
    },
    /** Items are keys and values by turns. */
    setItems(target: PickleValue, items: readonly PickleValue[]): void {
      if (isKind(target, 'instance')) target.items ??= new Map();
      const dict = isKind(target, 'instance') ? target.items : target;
      if (!(dict instanceof Map)) throw damaged(`fills ${typeInWords(target)} like a dict`);
      if (items.length % 2 !== 0) throw damaged('finds a key without a value');
      for (let i = 0; i < items.length; i += 2) {
        const key = items[i];
        // A long key is compared letter by letter each time that it is met.
        budget.spend(cost.mapItem + (typeof key === 'string' ? key.length : 0));
        dict.set(key, items[i + 1]);
      }
    },

    pushGlobal(module: PickleValue, name: PickleValue): void {
      if (typeof module !== 'string' || typeof name !== 'string') {
        throw damaged('names a global that is no text');
      }
      if (module.length + name.length > longestName) {
        throw damaged(`names a global by ${module.length + name.length} characters`);
      }
      push({ kind: 'global', name: `${module}.${name}` });
    },
    /** REDUCE: calls what is on the list, by our own reading of it; anything else would have made some object. */
    call(target: PickleValue, args: PickleValue): void {
      // What another call would have returned may be a function.
      if (isKind(target, 'instance')) pushInert(target.className);
      else if (!isKind(target, 'global')) throw damaged(`calls ${typeInWords(target)}`);
      else {
        refuseCode('calls', target.name);
        const allowed = allowedCall(target.name);
        if (allowed) push(result(target.name, allowed, args));
        else makeObject(makesItsArgument.has(target.name) && Array.isArray(args) ? args[0] : target);
      }
    },
    /** NEWOBJ, OBJ and INST: an empty object of a class. */
    makeObject,
    /** BUILD: gives the topmost object its attributes. */
    build(state: PickleValue): void {
      const target = top();
      if (isKind(target, 'instance')) target.state = state;
      else if (isKind(target, 'global')) refuseCode('sets the state of', target.name);
      // An OrderedDict may have attributes, such as a state_dict's _metadata; none is needed.
      else if (!(target instanceof Map)) throw damaged(`sets the state of ${typeInWords(target)}`);
    },
    /** BINPERSID: names a storage elsewhere in the file, or (legacy files) a class together with its source code. */
    persistent(id: PickleValue): void {
      const storage = storageOf(id);
      if (storage) {
        budget.spend(cost.mapItem + storage.key.length);
        storages.set(storage.key, storage);
        push(storage);
        return;
      }
      const [kind, type] = Array.isArray(id) ? id : [];
      if (kind === 'module' && isKind(type, 'global')) {
        push(type);
        return;
      }
      const what = isKind(type, 'global') ? quoted(type.name) : typeInWords(id);
      throw damaged(`names a storage of ${what} that is none`);
    },
  };
}

/** What a new value takes. Numbers and truth values lie on the stack itself, or nearly. */
function sizeOf(value: PickleValue): number {
  if (typeof value === 'string') return cost.text + 2 * value.length;
  if (typeof value !== 'object' || value === null) return cost.number;
  if (Array.isArray(value)) return cost.object + cost.slot * value.length;
  if (value instanceof Map) return cost.emptyMap;
  return value instanceof Uint8Array ? cost.view : cost.object;
}
