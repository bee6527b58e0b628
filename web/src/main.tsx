import './styles.css';
import { render } from 'preact';
import * as z from 'zod';
import { App } from './app.js';
import { resumeSession } from './identity/session.js';

// The content security policy forbids eval; zod would try it, and the browser would report the violation.
z.config({ jitless: true });
resumeSession();
render(<App />, document.getElementById('app')!);
