import { useId } from 'preact/hooks';

export interface QuantityProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onValue: (value: number) => void;
}

/** A whole number from 1; what is typed in between is put right when the input is left. */
export function Quantity({ label, value, most, onValue }: QuantityProps) {
  const id = useId();
  const put = (input: HTMLInputElement) => {
    const wanted = Math.min(Math.max(Math.trunc(Number(input.value)) || 1, 1), most);
    input.value = String(wanted);
    onValue(wanted);
  };
  return (
    <div class="quantity">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={1}
        max={most}
        value={value}
        onChange={(event) => put(event.currentTarget)}
      />
    </div>
  );
}
