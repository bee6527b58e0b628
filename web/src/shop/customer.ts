import { createClient } from 'cdk-trellis/client';
import { notificationsApi } from '../../../contracts/notifications.js';
import { ordersApi } from '../../../contracts/orders.js';
import { usersApi } from '../../../contracts/users.js';
import { accessToken } from '../identity/session.js';

const options = { baseUrl: '/api', token: accessToken };

/** Clients of the APIs for signed-in customers. */
export const orders = createClient(ordersApi, options);
export const notifications = createClient(notificationsApi, options);
export const users = createClient(usersApi, options);
