export { type RestEventOptions, restEvent } from './rest-event.js';
