import { chooseOf, NOW_MS, questionOf, routerOf, seeded } from '../testing/world.js';
import { ConversationAffinity } from './conversation-affinity.js';

const deployments = Array.from({ length: 8 }, (_, index) => ({ id: `d${index}` }));
const settings = { groups: { chat: { promptCacheAffinity: true } } };
const talk = (key: string | null, monotonicMs = NOW_MS) => questionOf({ conversationKey: () => key, monotonicMs });
const keys = Array.from({ length: 400 }, (_, index) => `conversation ${index}`);

describe('prompt-cache affinity', () => {
  it('[BX-017] brings a conversation back to the deployment that served it last', () => {
    const { router } = routerOf({ deployments, settings });
    const question = talk('k');
    const first = chooseOf(router, question).picked!.deployment.id;
    const other = deployments.find(({ id }) => id !== first)!.id;
    router.remember(question, router.resolve(question), other);
    for (let call = 0; call < 20; call += 1) {
      expect(chooseOf(router, question)).toMatchObject({
        picked: { deployment: { id: other } },
        strategy: 'prompt-cache-affinity',
      });
    }
    expect(chooseOf(router, talk('k', NOW_MS + 300_000)).picked?.deployment.id).toBe(first);
  });

  it('[BX-017] leaves it while it is unusable, and after it failed', () => {
    const { router, states } = routerOf({ deployments, settings });
    const question = talk('k');
    router.remember(question, router.resolve(question), 'd3');
    expect(chooseOf(router, question, new Set(['d3'])).picked?.deployment.id).not.toBe('d3');
    states.hear({ deploymentId: 'd3', openForMs: 1_000 }, NOW_MS);
    const elsewhere = chooseOf(router, question).picked?.deployment.id;
    expect(elsewhere).not.toBe('d3');
    states.hear({ deploymentId: 'd3', openForMs: null }, NOW_MS);
    expect(chooseOf(router, question).picked?.deployment.id).toBe('d3');
  });

  it('[BX-017] sends a conversation that nobody remembers to the same deployment from every gateway', () => {
    const pick = (seed: number) => {
      const { router } = routerOf(
        { deployments: seed % 2 ? deployments : deployments.toReversed(), settings },
        seeded(seed),
      );
      return keys.map((key) => chooseOf(router, talk(key)).picked!.deployment.id);
    };
    expect(pick(1)).toEqual(pick(2));
    expect(new Set(pick(1)).size).toBe(deployments.length);
  });

  it('[BX-017] moves only the conversations of a deployment that goes away', () => {
    const { router, states } = routerOf({ deployments, settings });
    const pick = () => keys.map((key) => chooseOf(router, talk(key)).picked!.deployment.id);
    const before = pick();
    states.hear({ deploymentId: 'd0', openForMs: 1_000 }, NOW_MS);
    const after = pick();
    expect(after).not.toContain('d0');
    expect(before.filter((id, index) => id !== 'd0' && after[index] !== id)).toEqual([]);
  });

  it('[BX-017] keeps to weights', () => {
    const { router } = routerOf({
      deployments: [
        { id: 'a', weight: 3 },
        { id: 'b', weight: 1 },
      ],
      settings,
    });
    const toA = keys.filter((key) => chooseOf(router, talk(key)).picked!.deployment.id === 'a').length;
    expect(toA / keys.length).toBeCloseTo(0.75, 1);
  });

  it('is off unless a group asks for it, and nothing where a call begins no conversation', () => {
    const conversationKey = (): string => {
      throw new Error('nobody asked');
    };
    const { router } = routerOf({ deployments });
    expect(chooseOf(router, questionOf({ conversationKey })).strategy).toBe('simple-shuffle');
    expect(chooseOf(routerOf({ deployments, settings }).router, talk(null)).strategy).toBe('simple-shuffle');
  });

  it('keeps organisations apart', () => {
    const { router } = routerOf({ deployments, settings });
    const question = talk('k');
    const before = deployments.map(({ id }) => id);
    const theirs = questionOf({ conversationKey: () => 'k', principal: { orgId: 'org_2' } });
    const own = chooseOf(router, theirs).picked!.deployment.id;
    router.remember(
      question,
      router.resolve(question),
      before.find((id) => id !== own)!,
    );
    expect(chooseOf(router, theirs).picked?.deployment.id).toBe(own);
  });
});

describe('the memory of conversations', () => {
  it('forgets after its time, and the longest unused when it is full', () => {
    const memory = new ConversationAffinity(1_000, 2);
    memory.remember('a', 'd1', 0);
    memory.remember('b', 'd2', 0);
    memory.remember('a', 'd3', 10);
    memory.remember('c', 'd4', 10);
    expect(memory.size).toBe(2);
    expect([memory.recall('a', 1_009), memory.recall('b', 10), memory.recall('c', 10)]).toEqual(['d3', null, 'd4']);
    expect(memory.recall('a', 1_010)).toBeNull();
    expect(memory.size).toBe(1);
  });
});
