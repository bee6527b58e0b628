/**
 * Value bound to a trigger's `users` need instead of the pool's id, which would be a circular dependency between pool
 * and function: `trigger` takes the id from the event.
 */
export const EVENT_USER_POOL = 'the pool of the event';
