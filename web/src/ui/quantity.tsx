import { useId } from 'preact/hooks';

export interface QuantityProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly onValue: (value: number) => void;
}

/** An input of an integer from 1; it corrects its value on change. */
export function Quantity({ label, value, max, onValue }: QuantityProps) {
  const id = useId();
  const correct = (input: HTMLInputElement) => {
    const quantity = Math.min(Math.max(Math.trunc(Number(input.value)) || 1, 1), max);
    input.value = String(quantity);
    onValue(quantity);
  };
  return (
    <div class="quantity">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={1}
        max={max}
        value={value}
        onChange={(event) => correct(event.currentTarget)}
      />
    </div>
  );
}
