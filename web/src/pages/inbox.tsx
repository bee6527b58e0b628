import { bodyOf } from 'cdk-trellis/client';
import type { Message } from '../../../contracts/notifications.js';
import { SignedIn } from '../identity/signed-in.js';
import { notifications } from '../shop/customer.js';
import { formatTime } from '../shop/order-status.js';
import { Heading } from '../ui/heading.js';
import { Pages } from '../ui/pages.js';

export function InboxPage() {
  return (
    <SignedIn title="Your inbox">
      <Heading title="Your inbox" />
      <Pages
        what="your messages"
        none="There are no messages yet."
        load={async (cursor, signal) =>
          bodyOf(await notifications.listMessages({ query: { cursor }, signal }))
        }
      >
        {(items: readonly Message[]) => (
          <ul class="rows">
            {items.map(({ messageId, title, text, sentAt, orderId }) => (
              <li class="row" key={messageId}>
                <div>
                  <h2>{title}</h2>
                  <p>{text}</p>
                  <p>
                    <a href={`/orders/${orderId}`}>See the order</a>
                  </p>
                </div>
                <p class="hint">{formatTime(sentAt)}</p>
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </SignedIn>
  );
}
