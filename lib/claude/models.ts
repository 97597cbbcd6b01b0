// The names of models: what a word for a model means, and which models a launch needs.

/** Models that a plan may count apart, by the word that all names of their versions contain. */
const FAMILIES: readonly string[] = ["opus", "sonnet", "haiku", "fable", "mythos"];

/** The words that name more than one model (2.1.332): `opusplan` plans with one, works with another. */
const SEVERAL: Readonly<Record<string, readonly string[]>> = { opusplan: ["opus", "sonnet"] };

/** The words that leave the choice to the client, which depends on the plan and on the version. */
const OPEN: readonly string[] = ["", "default", "best", "inherit"];

/**
 * The key of a model: its family, such as `opus` for `claude-opus-5-5[1m]`, for `Opus 5.5`, and for its
 * names at Bedrock and Vertex. Windows and limits count families, not versions. A name of no family that
 * we know is its own key, in lower case and without `[1m]`.
 */
export function modelKey(name: string): string {
  const plain = name.trim().toLowerCase().replace(/\s*[[(][^\])]*[\])]$/, "");
  const known = plain.split(/[^a-z]+/).find((word) => FAMILIES.includes(word));
  return known ?? /\bclaude[-_ ](?:[\d.]+[-_ ])*([a-z]{3,})/.exec(plain)?.[1] ?? plain;
}

/**
 * The keys of the models that a session with this word for its model needs: one, or both of `opusplan`,
 * which stops at the limit of either. null if the word doesn't tell, as `default` doesn't.
 */
export function neededModels(word: string | null): readonly string[] | null {
  const plain = (word ?? "").trim().toLowerCase().replace(/\[\dm\]$/, "");
  if (OPEN.includes(plain)) return null;
  return Object.hasOwn(SEVERAL, plain) ? SEVERAL[plain] as readonly string[] : [modelKey(plain)];
}
