// Before the tests of a file: what they do gives way to the browser project's. Chromium's software GPU takes thousands of small
// steps, each of which waits for a thread of every core: with others at the same rank a test there takes four times as long.
import { constants, getPriority, setPriority } from 'node:os';

setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
