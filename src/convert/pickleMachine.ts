// The state of Python's pickle machine and what its opcodes do to it, without the Python. It evaluates nothing, copies
// nothing unpaid and does not recurse, so a hostile file costs no more than its own length.
import { UserError } from '../errors.ts';
import { quotable } from './bytes.ts';
import { allowedCall, isAttributeHolder, storageOf } from './pickleGlobals.ts';
import { opcodeName } from './pickleOpcodes.ts';
import { isKind, type PickleStorage, type PickleValue, typeInWords } from './pickleValues.ts';

/** Opcodes and copied dict items: a checkpoint of 500 tensors takes 25,000. */
const mostSteps = 1_000_000;

export type PickleMachine = ReturnType<typeof pickleMachine>;

/** An empty machine. Every operation throws a UserError that names the opcode begun last and where it lies. */
export function pickleMachine(fileLength: number) {
  const memo = new Map<number, PickleValue>();
  const stack: PickleValue[] = [];
  const storages = new Map<string, PickleStorage>();
  /** Stack heights at the open MARKs. */
  const marks: number[] = [];
  let steps = 0;
  /** The opcode being run, and where it lies. */
  let code = 0;
  let at = 0;

  const fail = (what: string): UserError => new UserError('checkpoint', `pickle: ${what}`);
  const damaged = (what: string): UserError =>
    fail(`${opcodeName(code)} at byte ${at} ${what}: the file is damaged. Fetch it again.`);
  const refused = (verb: string, name: string): UserError => {
    const what = `${opcodeName(code)} ${verb} ${quotable(name)} at byte ${at}`;
    if (name.startsWith('torch.')) {
      return fail(`${what}: not supported. Save a plain state_dict of dense tensors with torch.save.`);
    }
    return fail(
      `${what}: refused, this file runs code when PyTorch opens it. Save only the model's state_dict.`,
    );
  };

  const spend = (count: number): void => {
    steps += count;
    if (steps > mostSteps) {
      throw fail(`more than ${mostSteps} steps by byte ${at}: no honest checkpoint needs as many.`);
    }
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
  const refuseObject = (target: PickleValue | undefined): UserError =>
    isKind(target, 'global')
      ? refused('makes an object of', target.name)
      : damaged(`makes an object of ${typeInWords(target)}`);

  return {
    /** Every storage named so far, by key. */
    storages: storages as ReadonlyMap<string, PickleStorage>,
    damaged,
    /** Starts the opcode at a position; its errors name both. */
    begin(opcode: number, position: number): void {
      code = opcode;
      at = position;
      spend(1);
    },
    unsupported: (): UserError =>
      fail(`unsupported opcode ${opcodeName(code)} at byte ${at}: the file is damaged or not from PyTorch.`),

    push(value: PickleValue): void {
      stack.push(value);
    },
    pop,
    top,
    mark(): void {
      marks.push(stack.length);
    },
    /** POP takes a MARK where that lies on top. */
    drop(): void {
      if (stack.length === marks.at(-1)) marks.pop();
      else pop();
    },
    /** All above the last MARK, the lowest first. */
    popToMark(): PickleValue[] {
      const mark = marks.pop();
      if (mark === undefined) throw damaged('finds no MARK');
      return stack.splice(mark);
    },
    /** The topmost values, the lowest first. */
    popMany(count: number): PickleValue[] {
      return Array.from({ length: count }, pop).reverse();
    },

    put(index = memo.size): void {
      // Every memo entry takes at least a byte of the file.
      if (!(index >= 0 && index < fileLength)) {
        throw damaged(`uses memo entry ${index}, more than a file of ${fileLength} bytes can have`);
      }
      memo.set(index, top());
    },
    get(index: number): void {
      const value = memo.get(index);
      if (value === undefined) throw damaged(`asks for memo entry ${index}, which was never kept`);
      stack.push(value);
    },

    append(target: PickleValue, items: readonly PickleValue[]): void {
      if (!Array.isArray(target)) throw damaged(`fills ${typeInWords(target)} like a list`);
      for (const item of items) target.push(item);
    },
    /** Items are keys and values by turns. */
    setItems(target: PickleValue, items: readonly PickleValue[]): void {
      if (!(target instanceof Map)) throw damaged(`fills ${typeInWords(target)} like a dict`);
      if (items.length % 2 !== 0) throw damaged('finds a key without a value');
      for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
    },

    pushGlobal(module: PickleValue, name: PickleValue): void {
      if (typeof module !== 'string' || typeof name !== 'string') {
        throw damaged('names a global that is no text');
      }
      stack.push({ kind: 'global', name: `${module}.${name}` });
    },
    /** REDUCE: calls what is on the list, by our own reading of it. */
    call(target: PickleValue, args: PickleValue): void {
      if (!isKind(target, 'global')) throw damaged(`calls ${typeInWords(target)}`);
      const allowed = allowedCall(target.name);
      if (!allowed) throw refused('calls', target.name);
      const value = Array.isArray(args) ? allowed(args) : undefined;
      if (value === undefined) {
        throw fail(
          `${opcodeName(code)} calls ${target.name} at byte ${at} with arguments that are not supported. Save a plain state_dict of dense tensors with torch.save.`,
        );
      }
      if (value instanceof Map) spend(value.size);
      stack.push(value);
    },
    /** NEWOBJ: an empty holder of attributes. */
    newObject(target: PickleValue): void {
      if (!isKind(target, 'global') || !isAttributeHolder(target.name)) throw refuseObject(target);
      stack.push({ kind: 'instance', className: target.name, state: null });
    },
    /** INST and OBJ make objects of Python 2 classes: none is allowed. */
    refuseObject,
    /** BUILD: gives the topmost object its attributes. */
    build(state: PickleValue): void {
      const target = top();
      if (isKind(target, 'instance')) target.state = state;
      // An OrderedDict may have attributes, such as a state_dict's _metadata; none is needed.
      else if (!(target instanceof Map)) {
        throw refused('sets the state of', isKind(target, 'global') ? target.name : typeInWords(target));
      }
    },
    /** BINPERSID: names a storage elsewhere in the file. */
    persistent(id: PickleValue): void {
      const storage = storageOf(id);
      if (storage) {
        storages.set(storage.key, storage);
        stack.push(storage);
        return;
      }
      const [kind, type] = Array.isArray(id) ? id : [];
      if (kind === 'module') {
        throw fail(
          `${opcodeName(code)} at byte ${at} brings the source code of a whole model. Save only its state_dict.`,
        );
      }
      const what = isKind(type, 'global') ? type.name : typeInWords(id);
      throw fail(`${opcodeName(code)} at byte ${at} names a storage of ${quotable(what)}: not supported.`);
    },
  };
}
