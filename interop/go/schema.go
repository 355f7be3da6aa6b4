package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// schema is what the emitted descriptors say.
type schema struct {
	files *protoregistry.Files
}

func readSchema(path string) (*schema, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(content, &set); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &schema{files}, nil
}

// method finds a procedure such as users.v1.Users.Ping.
func (s *schema) method(name string) (protoreflect.MethodDescriptor, error) {
	found, err := s.files.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	method, ok := found.(protoreflect.MethodDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s is no procedure", name)
	}
	return method, nil
}

// detail shows the code and the message in an iris.v1.ErrorDetail.
func (s *schema) detail(name string, content []byte) string {
	found, err := s.files.FindDescriptorByName(protoreflect.FullName(name))
	descriptor, ok := found.(protoreflect.MessageDescriptor)
	if err != nil || !ok || name != "iris.v1.ErrorDetail" {
		return "with another detail: " + name
	}
	message := dynamicpb.NewMessage(descriptor)
	if err := proto.Unmarshal(content, message); err != nil {
		return fmt.Sprintf("with a broken detail: %v", err)
	}
	code := "absent"
	if field := descriptor.Fields().ByName("code"); message.Has(field) {
		code = message.Get(field).String()
	}
	return fmt.Sprintf("code %s: %s", code, message.Get(descriptor.Fields().ByName("internal_message")))
}

// fromJSON makes a message.
func fromJSON(descriptor protoreflect.MessageDescriptor, request string) (*dynamicpb.Message, error) {
	message := dynamicpb.NewMessage(descriptor)
	return message, protojson.Unmarshal([]byte(request), message)
}

// toJSON shows a message, in one way always: protojson itself puts spaces at random.
func toJSON(message proto.Message) string {
	printed, err := protojson.Marshal(message)
	if err != nil {
		return err.Error()
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, printed); err != nil {
		return err.Error()
	}
	return compact.String()
}

// field is what a message in JSON says in one of its fields; nothing where the field is absent.
func field(message, name string) string {
	var fields map[string]any
	if err := json.Unmarshal([]byte(message), &fields); err != nil {
		return message
	}
	if value, ok := fields[name]; ok {
		return fmt.Sprint(value)
	}
	return ""
}
