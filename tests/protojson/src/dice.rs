//! Makes messages of any descriptor from bytes, so that proptest shrinks the bytes.

use prost_reflect::prost::Message;
use prost_reflect::prost_types;
use prost_reflect::{
    Cardinality, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    Value,
};

/// A source of choices; all are 0 when the bytes are used up.
#[derive(Debug)]
pub struct Dice<'a>(std::slice::Iter<'a, u8>);

/// Deeper messages are left out.
const DEEPEST: usize = 6;

impl<'a> Dice<'a> {
    /// Chooses by these bytes.
    pub fn new(rolls: &'a [u8]) -> Self {
        Dice(rolls.iter())
    }

    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit
    }

    fn bits(&mut self) -> u64 {
        (0..8).fold(0, |bits, _| bits << 8 | u64::from(self.byte()))
    }

    /// Numbers near the edges as often as others.
    fn integer(&mut self, edges: &[i128], lowest: i128, highest: i128) -> i128 {
        match self.below(4) {
            0 => edges[self.below(edges.len())],
            1 => i128::from(self.byte()).clamp(lowest, highest),
            _ => i128::from(self.bits()) % (highest - lowest + 1) + lowest,
        }
    }

    fn i32(&mut self) -> i32 {
        let (low, high) = (i32::MIN.into(), i32::MAX.into());
        self.integer(&[0, 1, -1, low, high], low, high) as i32
    }

    fn i64(&mut self) -> i64 {
        let (low, high) = (i64::MIN.into(), i64::MAX.into());
        self.integer(&[0, -1, 1 << 53, low, high], low, high) as i64
    }

    fn u32(&mut self) -> u32 {
        let high = u32::MAX.into();
        self.integer(&[0, 1, high], 0, high) as u32
    }

    fn u64(&mut self) -> u64 {
        let high = u64::MAX.into();
        self.integer(&[0, 1 << 53, i64::MAX.into(), high], 0, high) as u64
    }

    /// Any but NaN, which equals nothing.
    fn f64(&mut self) -> f64 {
        let value = match self.below(8) {
            0 => 0.0,
            1 => f64::INFINITY,
            2 => f64::NEG_INFINITY,
            3 => f64::MAX,
            4 => f64::from(self.byte()),
            _ => f64::from_bits(self.bits()),
        };
        if value.is_nan() { 1.5 } else { value }
    }

    fn f32(&mut self) -> f32 {
        let value = match self.below(8) {
            0 => 0.0,
            1 => f32::INFINITY,
            2 => f32::NEG_INFINITY,
            // The oracle refuses the decimal form of the largest float.
            3 => f32::MAX / 2.0,
            4 => f32::from(self.byte()),
            _ => f32::from_bits(self.u32()),
        };
        if value.is_nan() { 1.5 } else { value }
    }

    fn text(&mut self) -> String {
        let pieces = [
            "a", "Z", "0", "_", "\"", "\\", "\n", "\0", "é", "漢", "😀", " ", "/", "\u{2028}",
        ];
        (0..self.below(6))
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(6)).map(|_| self.byte()).collect()
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor) -> i32 {
        let values: Vec<_> = descriptor.values().collect();
        let open = descriptor.parent_file().syntax() == prost_reflect::Syntax::Proto3;
        match open && descriptor.full_name() != "google.protobuf.NullValue" && self.below(4) == 0 {
            true => self.i32(),
            false => values[self.below(values.len())].number(),
        }
    }

    /// A message of this type, inside of so many others.
    pub fn message(&mut self, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        if let Some(message) = self.well_known(descriptor, depth) {
            return message;
        }
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let required = field.cardinality() == Cardinality::Required;
            let too_deep = depth >= DEEPEST && matches!(field.kind(), Kind::Message(_));
            if required || (self.below(3) > 0 && !too_deep) {
                let value = self.field(&field, depth);
                message.set_field(&field, value);
            }
        }
        message
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Value {
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
            let entries = 0..self.below(4);
            return Value::Map(
                entries
                    .map(|_| (self.key(&key.kind()), self.value(&value.kind(), depth)))
                    .collect(),
            );
        }
        if field.is_list() {
            let elements = 0..self.below(4);
            return Value::List(elements.map(|_| self.value(&field.kind(), depth)).collect());
        }
        self.value(&field.kind(), depth)
    }

    fn key(&mut self, kind: &Kind) -> MapKey {
        match self.value(kind, 0) {
            Value::Bool(value) => MapKey::Bool(value),
            Value::I32(value) => MapKey::I32(value),
            Value::I64(value) => MapKey::I64(value),
            Value::U32(value) => MapKey::U32(value),
            Value::U64(value) => MapKey::U64(value),
            Value::String(value) => MapKey::String(value),
            other => panic!("{other:?} is no key"),
        }
    }

    fn value(&mut self, kind: &Kind, depth: usize) -> Value {
        match kind {
            Kind::Double => Value::F64(self.f64()),
            Kind::Float => Value::F32(self.f32()),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(self.i32()),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(self.i64()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(self.u32()),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(self.u64()),
            Kind::Bool => Value::Bool(self.below(2) == 1),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(self.bytes().into()),
            Kind::Message(descriptor) => Value::Message(self.message(descriptor, depth + 1)),
            Kind::Enum(descriptor) => Value::EnumNumber(self.enumeration(descriptor)),
        }
    }

    /// Those well-known types of which not every value has a JSON form.
    fn well_known(
        &mut self,
        descriptor: &MessageDescriptor,
        depth: usize,
    ) -> Option<DynamicMessage> {
        let mut message = DynamicMessage::new(descriptor.clone());
        let nanos = [0, 1, 999_999_999, 500_000_000, 120_000, 7_000][self.below(6)];
        match descriptor.full_name() {
            "google.protobuf.Timestamp" => {
                let (first, last) = (-62_135_596_800, 253_402_300_799);
                let seconds = self.integer(&[0, -1, first, last], first, last) as i64;
                message
                    .transcode_from(&prost_types::Timestamp { seconds, nanos })
                    .expect("a timestamp");
            }
            "google.protobuf.Duration" => {
                let most = 315_576_000_000;
                let seconds = self.integer(&[0, -1, -most, most], -most, most) as i64;
                let nanos = if seconds < 0 { -nanos } else { nanos };
                message
                    .transcode_from(&prost_types::Duration { seconds, nanos })
                    .expect("a duration");
            }
            "google.protobuf.FieldMask" => {
                let all = ["a", "foo_bar", "foo.bar_baz", "a1.b2"];
                let paths = 0..self.below(4);
                let paths = paths
                    .map(|_| all[self.below(all.len())].to_owned())
                    .collect();
                message
                    .transcode_from(&prost_types::FieldMask { paths })
                    .expect("a field mask");
            }
            "google.protobuf.Value" => {
                let value = self.json(depth);
                message.transcode_from(&value).expect("a value");
            }
            "google.protobuf.Struct" => {
                let fields = self.fields(depth);
                message
                    .transcode_from(&prost_types::Struct { fields })
                    .expect("a struct");
            }
            "google.protobuf.ListValue" => {
                let values = self.values(depth);
                message
                    .transcode_from(&prost_types::ListValue { values })
                    .expect("a list");
            }
            "google.protobuf.Any" => {
                let any = self.any(descriptor, depth);
                message.transcode_from(&any).expect("an Any");
            }
            // The oracle writes what is not finite as null here.
            "google.protobuf.DoubleValue" => {
                let value = Some(self.f64()).filter(|value| value.is_finite());
                message
                    .transcode_from(&value.unwrap_or(2.5))
                    .expect("a wrapped number");
            }
            "google.protobuf.FloatValue" => {
                let value = Some(self.f32()).filter(|value| value.is_finite());
                message
                    .transcode_from(&value.unwrap_or(2.5))
                    .expect("a wrapped number");
            }
            _ => return None,
        }
        Some(message)
    }

    /// A message of a type whose bytes are the same whoever wrote them: of none with maps.
    fn any(&mut self, descriptor: &MessageDescriptor, depth: usize) -> prost_types::Any {
        let names = [
            "everything.v1.Scalars",
            "everything.v1.Optionals",
            "everything.v1.Nothing",
            "google.protobuf.Timestamp",
            "google.protobuf.FieldMask",
            "google.protobuf.Int64Value",
            "google.protobuf.Duration",
            "google.protobuf.Any",
        ];
        let shallow = names.len() - usize::from(depth >= DEEPEST);
        let name = names[self.below(shallow)];
        let inside = descriptor.parent_pool().get_message_by_name(name);
        let inside = self.message(&inside.expect("a message of the pool"), depth + 1);
        prost_types::Any {
            type_url: format!("type.googleapis.com/{name}"),
            value: inside.encode_to_vec(),
        }
    }

    fn json(&mut self, depth: usize) -> prost_types::Value {
        use prost_types::value::Kind;
        let number = self.f64();
        let kind = match self.below(if depth < DEEPEST { 6 } else { 4 }) {
            0 => Kind::NullValue(0),
            1 => Kind::BoolValue(self.below(2) == 1),
            2 => Kind::StringValue(self.text()),
            3 => Kind::NumberValue(if number.is_finite() { number } else { 2.0 }),
            4 => Kind::StructValue(prost_types::Struct {
                fields: self.fields(depth + 1),
            }),
            _ => Kind::ListValue(prost_types::ListValue {
                values: self.values(depth + 1),
            }),
        };
        prost_types::Value { kind: Some(kind) }
    }

    fn fields(&mut self, depth: usize) -> std::collections::BTreeMap<String, prost_types::Value> {
        (0..self.below(4))
            .map(|_| (self.text(), self.json(depth)))
            .collect()
    }

    fn values(&mut self, depth: usize) -> Vec<prost_types::Value> {
        (0..self.below(4)).map(|_| self.json(depth)).collect()
    }
}
