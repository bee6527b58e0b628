import './styles.css';
import { render } from 'preact';
import * as z from 'zod';
import { App } from './app.js';
import { resumeSession } from './identity/session.js';

// The site's security policy allows no code made from text; zod would try, and the browser would report it.
z.config({ jitless: true });
resumeSession();
render(<App />, document.getElementById('app')!);
