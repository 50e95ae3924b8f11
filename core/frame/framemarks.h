#pragma once
/// Which frames a person has marked, and what they wrote about them. Marks live in the session's audit log: each change
/// is an event (`marked`, `unmarked`) about a run of frames, and the newest one about a frame counts. Comments add up:
/// a later one never replaces those before it, and taking the mark away takes them out of sight, not out of the log.
///
/// Thread: any; a value, shared as FrameMarksPtr. Memory: 16 bytes a run of marked frames, and the comments.
#include "core/frame/auditevent.h"

#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>

namespace framescope {

/// Frames from one number to another, both of them included.
struct FrameSpan
{
    quint64 first = 1;
    quint64 last = std::numeric_limits<quint64>::max();

    friend bool operator==(const FrameSpan&, const FrameSpan&) = default;
};
/// In order, and apart from each other. A deque, since marks are mostly set and taken away from one end on.
using FrameSpans = std::deque<FrameSpan>;

[[nodiscard]] bool holdsNumber(const FrameSpans& spans, quint64 number);
/// The first number of @p spans that is @p number or more; nothing where there is none.
[[nodiscard]] std::optional<quint64> numberAtOrAfter(const FrameSpans& spans, quint64 number);
/// The last number of @p spans that is @p number or less.
[[nodiscard]] std::optional<quint64> numberAtOrBefore(const FrameSpans& spans, quint64 number);
[[nodiscard]] FrameSpans commonFrames(const FrameSpans& a, const FrameSpans& b);
[[nodiscard]] FrameSpans framesWithout(const FrameSpans& from, const FrameSpans& taken);
[[nodiscard]] quint64 frameCountOf(const FrameSpans& spans);

class FrameMarks
{
public:
    static constexpr qsizetype commentLimit = 4096;       ///< bytes of one comment
    static constexpr qsizetype commentsLimit = 16 * 1024; ///< bytes of all comments of one frame
    static constexpr std::size_t spanLimit = 100'000;     ///< runs of marked frames
    static constexpr std::size_t commentedLimit = 10'000; ///< frames whose comments are kept in memory

    /// Takes a mark's change; all other events, and those that a reader has seen already, change nothing and give
    /// false. What would go beyond a limit is passed over, and counted.
    bool apply(const AuditEvent& event);
    /// The highest sequence number of those it took; 0: none had one.
    [[nodiscard]] quint64 lastSeq() const { return m_lastSeq; }
    /// Changes of marks that were passed over: more may be marked than spans() says, or less.
    [[nodiscard]] quint64 passedOver() const { return m_passedOver; }
    [[nodiscard]] quint64 commentsPassedOver() const { return m_commentsPassedOver; }

    [[nodiscard]] const FrameSpans& spans() const { return m_spans; }
    [[nodiscard]] bool isEmpty() const { return m_spans.empty(); }
    [[nodiscard]] quint64 count() const { return frameCountOf(m_spans); }
    [[nodiscard]] bool isMarked(quint64 number) const { return holdsNumber(m_spans, number); }
    [[nodiscard]] bool hasAny(FrameSpan span) const;
    [[nodiscard]] std::optional<quint64> firstAtOrAfter(quint64 number) const
    {
        return numberAtOrAfter(m_spans, number);
    }
    [[nodiscard]] std::optional<quint64> lastAtOrBefore(quint64 number) const
    {
        return numberAtOrBefore(m_spans, number);
    }
    /// All comments about frame @p number, oldest first, each a paragraph; empty: none.
    [[nodiscard]] QByteArray commentOf(quint64 number) const;

private:
    void addComment(quint64 number, const QByteArray& comment);

    FrameSpans m_spans;
    std::map<quint64, QByteArray> m_comments;
    quint64 m_lastSeq = 0;
    quint64 m_passedOver = 0;
    quint64 m_commentsPassedOver = 0;
};
using FrameMarksPtr = std::shared_ptr<const FrameMarks>;

/// The events that mark @p span, and that take the mark away: `first_frame`, `last_frame` and `comment`, an array of
/// lines, redacted as all texts of the audit log, in their detail.
[[nodiscard]] AuditEvent markedEvent(FrameSpan span, const QString& comment = {});
[[nodiscard]] AuditEvent unmarkedEvent(FrameSpan span);
/// The frames that a `marked` or `unmarked` event is about; nothing for another event, or one that is damaged.
[[nodiscard]] std::optional<FrameSpan> markedFrames(const AuditEvent& event);

} // namespace framescope
