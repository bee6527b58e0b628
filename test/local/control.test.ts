import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const folder = join(__dirname, '../../lib/local/emulator');

it('saves a service whose state changes while it is copied', () => {
  // control.py, with stand-ins for MiniStack.
  const script = `
import sys, types
for name in ("edge", "ministack", "ministack.app", "ministack.core", "ministack.core.persistence"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["ministack"].app, sys.modules["ministack"].core = sys.modules["ministack.app"], sys.modules["ministack.core"]
persistence = sys.modules["ministack.core"].persistence = sys.modules["ministack.core.persistence"]
persistence.save_all = lambda services: print({name: state() for name, state in services.items()})
calls = []
def logs():
    calls.append(1)
    if len(calls) < 4:
        raise RuntimeError("dictionary changed size during iteration")
    return "saved"
sys.modules["ministack.app"]._build_persistence_save_dict = lambda: {"logs": logs}
sys.path.insert(0, ${JSON.stringify(folder)})
import control
control.save()`;
  const answer = execFileSync('python3', ['-B', '-c', script], { encoding: 'utf8' });
  expect(answer).toBe("{'logs': 'saved'}\n");
});
