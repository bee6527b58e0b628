/** A picture generated from a product's id: deterministic, without a file to load. */
export function Picture({ productId }: { readonly productId: string }) {
  const random = numbersFrom(productId);
  const hue = Math.floor(random() * 360);
  const shapes = Array.from({ length: 5 }, (_, index) => ({
    x: 20 + random() * 120,
    y: 20 + random() * 80,
    r: 14 + random() * 34,
    color: `hsl(${(hue + index * 24) % 360} 45% ${42 + index * 7}%)`,
  }));
  return (
    <svg class="picture" viewBox="0 0 160 120" aria-hidden="true" preserveAspectRatio="xMidYMid slice">
      <rect width="160" height="120" fill={`hsl(${hue} 38% 86%)`} />
      {shapes.map(({ x, y, r, color }, index) =>
        index % 2 === 0 ? (
          <circle key={color} cx={x} cy={y} r={r} fill={color} opacity="0.75" />
        ) : (
          <rect
            key={color}
            x={x - r}
            y={y - r / 2}
            width={r * 2}
            height={r}
            rx={r / 4}
            fill={color}
            opacity="0.75"
          />
        ),
      )}
    </svg>
  );
}

/** Returns a generator of deterministic numbers between 0 and 1 (mulberry32 over FNV-1a). */
function numbersFrom(text: string): () => number {
  let seed = 2166136261;
  for (const character of text) seed = Math.imul(seed ^ character.charCodeAt(0), 16777619);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
