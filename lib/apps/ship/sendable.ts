/**
 * Values on their way to workers and back: arguments are copied and searched for futures, results are checked.
 *
 * What may travel is what a structured clone keeps as it is: primitives but symbols, arrays, plain objects, Map, Set,
 * Date, RegExp, the built-in errors, ArrayBuffers and their views, and any mix of them. What a clone would silently
 * change (an instance of a class, a symbol key, a `URL`) is refused by its place.
 *
 * @module
 */
export { checkSendable, refusedByMessage } from "./check_sendable.ts";
export { fillIn, type PlainFile } from "./fill_in.ts";
export { prepareArguments, type Prepared } from "./prepare.ts";
