import { registerDecorator, type ValidationArguments } from 'class-validator';

/** Says what is wrong with a value, or nothing. `dto` is the object that has it, with its other fields. */
export type Check<D extends object = object> = (value: unknown, dto: D) => string | undefined;

/**
 * A rule of one's own for a field, as a class-validator decorator: beside a field decorator, also where the field was
 * not given. The rule of the lower decorator is tried first, and the first fault of a field is told.
 */
export function FieldCheck<D extends object>(check: Check<D>): PropertyDecorator {
  const messageOf = ({ value, object }: ValidationArguments) => check(value, object as D);
  return (prototype, property) => {
    registerDecorator({
      name: 'fieldCheck',
      target: prototype.constructor,
      propertyName: String(property),
      validator: {
        validate: (_value, args) => args !== undefined && messageOf(args) === undefined,
        defaultMessage: (args) => (args && messageOf(args)) ?? 'is not allowed',
      },
    });
  };
}
