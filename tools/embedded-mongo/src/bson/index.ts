export { dateOf, DBPointer, FarDate, millisecondsOf, UNDEFINED, Undefined } from './classes.js';
export { decode } from './decode.js';
export { encode, encodedSize } from './encode.js';
export { nameOf, propertyOf } from './names.js';
