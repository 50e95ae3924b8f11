#pragma once
/// A way through a JSON document: RFC 6901 JSON Pointers, compiled once for the hot path, and the steps they consist
/// of. Thread: any; values.
#include "core/base/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace framescope {

/// One step down: `name` counts in an object, `index` in an array (-1: the step fits no array).
struct PathStep
{
    std::string_view name;
    qint64 index = -1;
};

class CompiledPointer
{
public:
    /// Parse with the reason when @p pointer is neither empty nor starts with '/', or has a bad '~' escape.
    [[nodiscard]] static Expected<CompiledPointer> fromText(const QByteArray& pointer);

    CompiledPointer(CompiledPointer&&) noexcept = default;
    CompiledPointer& operator=(CompiledPointer&&) noexcept = default;
    CompiledPointer(const CompiledPointer&) = delete; // the steps look into m_names
    CompiledPointer& operator=(const CompiledPointer&) = delete;
    ~CompiledPointer() = default;

    [[nodiscard]] const QByteArray& text() const { return m_text; }
    [[nodiscard]] std::span<const PathStep> steps() const { return m_steps; }

private:
    CompiledPointer() = default;

    QByteArray m_text;
    std::vector<std::string> m_names;
    std::vector<PathStep> m_steps;
};

/// @p pointer with one more step: '~' and '/' in @p name are escaped (RFC 6901 section 3).
[[nodiscard]] QByteArray withStep(const QByteArray& pointer, std::string_view name);
[[nodiscard]] QByteArray pointerText(std::span<const PathStep> steps);

} // namespace framescope
