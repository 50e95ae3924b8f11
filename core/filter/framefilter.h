#pragma once
/// The filter line: which frames are shown, exported and counted. For now a small part of the frame filter language:
/// words joined by "&&" or "and" (a space between words means "and" too), each of them
///     msg.type == "interaction.update"     msg.type != keepalive
///     check.status == fail                 ok | warn | fail
///     check.rule == SCHEMA-REQUIRED        a finding's name
///     msg.topic == v2.users.{id}.presence  a notification's topic: a template, or a concrete one; without case
///     lat.e2e > 250ms                      from the event to its arrival; us, ms, s, m, h
///     frame.control == false               messages about the stream itself: true | false
///     frame.no >= 100
///     frame.mark                           a person marked it; frame.mark == false: nobody did
///     "Müller"  or a bare word             the payload contains it (bytes, case-sensitive)
///
/// A comparison with what a frame does not have is false. Marks are no part of a frame: withMarks() brings them, and
/// without it no frame is marked.
///
/// Thread: any; immutable once parsed. Errors: ErrorCode::Parse with the column (from 1) in Error::place.
#include "core/base/error.h"
#include "core/frame/frame.h"
#include "core/frame/framemarks.h"

#include <QString>
#include <memory>

namespace framescope {

class FrameFilter
{
public:
    FrameFilter(); ///< shows everything
    /// An empty or blank @p expression shows everything.
    [[nodiscard]] static Expected<FrameFilter> parse(const QString& expression);

    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] bool needsPayload() const; ///< a text word looks into payloads
    [[nodiscard]] QString expression() const;
    [[nodiscard]] bool needsMarks() const; ///< it asks which frames are marked
    [[nodiscard]] FrameFilter withMarks(FrameMarksPtr marks) const;
    /// Where frames can match at all, as far as numbers and marks alone tell; a search need not look elsewhere.
    [[nodiscard]] FrameSpans candidates() const;
    [[nodiscard]] bool matches(const FrameBatch& batch, std::size_t index) const;

private:
    struct Private;
    std::shared_ptr<const Private> d;
    FrameMarksPtr m_marks;
};

} // namespace framescope
