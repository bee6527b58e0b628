import { useMemo } from 'preact/hooks';
import { NotFound } from './pages/not-found.js';
import { match } from './routing/match.js';
import { place } from './routing/router.js';
import { ROUTES } from './routing/routes.js';
import { useStore } from './store.js';
import { Header } from './ui/header.js';
import { Failed, Loading } from './ui/states.js';
import { useLoaded } from './use-loaded.js';

export function App() {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        <CurrentPage />
      </main>
      <footer>
        <p>A reference application of cdk-trellis: nothing here is really for sale.</p>
      </footer>
    </>
  );
}

function CurrentPage() {
  const { path, query } = useStore(place);
  const matched = useMemo(() => {
    for (const route of ROUTES) {
      const params = match(route.path, path);
      if (params) return { route, params };
    }
    return undefined;
  }, [path]);
  const page = useLoaded(async () => matched?.route.load(), [matched?.route]);
  if (page.state === 'loading') return <Loading what="the page" />;
  if (page.state === 'failed') return <Failed {...page} />;
  const View = page.value;
  // The key resets the state of the page when its path changes.
  return View && matched ? <View key={path} params={matched.params} query={query} /> : <NotFound />;
}
