// Runs a pickle: reads opcode by opcode and tells the machine what to do. Protocols 0 to 5, as far as checkpoints go.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { openingBudget } from './budget.ts';
import { pickleCursor } from './pickleCursor.ts';
import { pickleMachine } from './pickleMachine.ts';
import { opcode } from './pickleOpcodes.ts';
import type { PickleStorage, PickleValue } from './pickleValues.ts';

/** Bytes of one integer; the longest in any checkpoint is the ten-byte magic number. */
const longestInteger = 64;

export interface Unpickled {
  readonly value: PickleValue;
  /** Every storage it names, by key. */
  readonly storages: ReadonlyMap<string, PickleStorage>;
  /** Position behind STOP. */
  readonly end: number;
}

/**
 * Runs the pickle that starts at `start`. Offsets in messages count from the start of `bytes`.
 *
 * @param bytes the whole file, or a window from its start
 * @param budget paid for every step and everything kept
 * @param fileLength length of the file, where `bytes` is only a window of it
 * @throws UserError for anything damaged, refused or out of proportion
 * @throws WindowTooSmall where the pickle goes on beyond the window
 */
export function unpickle(
  bytes: Uint8Array,
  budget = openingBudget(),
  start = 0,
  fileLength = bytes.length,
): Unpickled {
  if (start >= fileLength) {
    throw new UserError(
      'checkpoint',
      'pickle: nothing is left to read, the file is cut off. Fetch it again.',
    );
  }
  const cursor = pickleCursor(bytes, start, fileLength);
  const machine = pickleMachine(fileLength, budget);
  const { push, pop, top, popToMark, popMany, append, setItems, put, get } = machine;

  const integer = (length: number): number | bigint => {
    if (length > longestInteger) throw machine.damaged(`holds an integer of ${length} bytes`);
    return small(littleEndian(cursor.take(length)));
  };
  const textInteger = (): number | bigint => {
    const line = cursor.line();
    const digits = /^([+-]?\d{1,150})L?$/.exec(line)?.[1];
    if (digits === undefined) throw machine.damaged(`holds ${quoted(line)}, which is no number`);
    return small(BigInt(digits));
  };

  for (;;) {
    const at = cursor.position();
    const code = cursor.u8();
    machine.begin(code, at);
    switch (code) {
      case opcode.PROTO: {
        const protocol = cursor.u8();
        if (protocol > 5) throw machine.damaged(`asks for protocol ${protocol}, and 5 is the newest`);
        break;
      }
      case opcode.FRAME:
        // Only a hint for reading ahead; the frame's contents follow as usual.
        cursor.u64();
        break;
      case opcode.STOP:
        return { value: pop(), storages: machine.storages, end: cursor.position() };

      case opcode.MARK:
        machine.mark();
        break;
      case opcode.POP:
        machine.drop();
        break;
      case opcode.POP_MARK:
        popToMark();
        break;
      case opcode.DUP:
        machine.duplicate();
        break;

      case opcode.NONE:
        push(null);
        break;
      case opcode.NEWTRUE:
        push(true);
        break;
      case opcode.NEWFALSE:
        push(false);
        break;
      case opcode.BININT:
        push(cursor.i32());
        break;
      case opcode.BININT1:
        push(cursor.u8());
        break;
      case opcode.BININT2:
        push(cursor.u16());
        break;
      case opcode.LONG1:
        push(integer(cursor.u8()));
        break;
      case opcode.LONG4:
        push(integer(cursor.u32()));
        break;
      case opcode.INT:
      case opcode.LONG:
        push(textInteger());
        break;
      case opcode.BINFLOAT:
        push(cursor.f64());
        break;
      case opcode.FLOAT:
        push(Number(cursor.line()));
        break;

      case opcode.SHORT_BINSTRING:
      case opcode.SHORT_BINUNICODE:
        push(cursor.text(cursor.u8()));
        break;
      case opcode.BINSTRING:
      case opcode.BINUNICODE:
        push(cursor.text(cursor.u32()));
        break;
      case opcode.BINUNICODE8:
        push(cursor.text(cursor.u64()));
        break;
      case opcode.STRING:
        push(cursor.line().replace(/^(['"])(.*)\1$/, '$2'));
        break;
      case opcode.UNICODE:
        push(cursor.line());
        break;
      case opcode.SHORT_BINBYTES:
        push(cursor.take(cursor.u8()));
        break;
      case opcode.BINBYTES:
        push(cursor.take(cursor.u32()));
        break;
      case opcode.BINBYTES8:
      case opcode.BYTEARRAY8:
        push(cursor.take(cursor.u64()));
        break;

      case opcode.EMPTY_LIST:
      case opcode.EMPTY_TUPLE:
      case opcode.EMPTY_SET:
        push([]);
        break;
      case opcode.LIST:
      case opcode.TUPLE:
      case opcode.FROZENSET:
        push(popToMark());
        break;
      case opcode.TUPLE1:
        push(popMany(1));
        break;
      case opcode.TUPLE2:
        push(popMany(2));
        break;
      case opcode.TUPLE3:
        push(popMany(3));
        break;
      case opcode.APPEND: {
        const item = pop();
        append(top(), [item]);
        break;
      }
      case opcode.APPENDS:
      case opcode.ADDITEMS: {
        const items = popToMark();
        append(top(), items);
        break;
      }
      case opcode.EMPTY_DICT:
        push(new Map());
        break;
      case opcode.DICT: {
        const items = popToMark();
        push(new Map());
        setItems(top(), items);
        break;
      }
      case opcode.SETITEM: {
        const item = popMany(2);
        setItems(top(), item);
        break;
      }
      case opcode.SETITEMS: {
        const items = popToMark();
        setItems(top(), items);
        break;
      }

      case opcode.PUT:
        put(Number(textInteger()));
        break;
      case opcode.BINPUT:
        put(cursor.u8());
        break;
      case opcode.LONG_BINPUT:
        put(cursor.u32());
        break;
      case opcode.MEMOIZE:
        put();
        break;
      case opcode.GET:
        get(Number(textInteger()));
        break;
      case opcode.BINGET:
        get(cursor.u8());
        break;
      case opcode.LONG_BINGET:
        get(cursor.u32());
        break;

      case opcode.GLOBAL:
        machine.pushGlobal(cursor.line(), cursor.line());
        break;
      case opcode.STACK_GLOBAL: {
        const [module, name] = popMany(2);
        machine.pushGlobal(module, name);
        break;
      }
      case opcode.REDUCE: {
        const [target, args] = popMany(2);
        machine.call(target, args);
        break;
      }
      case opcode.NEWOBJ:
        machine.makeObject(popMany(2)[0]);
        break;
      case opcode.NEWOBJ_EX:
        machine.makeObject(popMany(3)[0]);
        break;
      case opcode.INST:
        popToMark();
        machine.pushGlobal(cursor.line(), cursor.line());
        machine.makeObject(pop());
        break;
      case opcode.OBJ:
        machine.makeObject(popToMark()[0]);
        break;
      case opcode.BUILD:
        machine.build(pop());
        break;
      case opcode.BINPERSID:
        machine.persistent(pop());
        break;

      default:
        throw machine.unsupported();
    }
  }
}

/** A number where that is exact. */
function small(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** Two's complement, least significant byte first; no bytes are zero. */
function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return BigInt.asIntN(8 * bytes.length, value);
}
