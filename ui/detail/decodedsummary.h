#pragma once
/// The decoded payload in short, under the findings: the first levels of the tree as painted lines, failing and missing
/// members tinted. The whole of it is in the tab Decoded.
/// Thread: gui.
#include "core/frame/frame.h"

#include <QWidget>
#include <optional>
#include <vector>

namespace framescope {

struct SummaryLine
{
    int indent = 0;
    QString name;
    QString value;
    std::optional<Severity> severity;
};

inline constexpr std::size_t summaryLineLimit = 24;
/// At most summaryLineLimit lines, and one that says that there is more.
[[nodiscard]] std::vector<SummaryLine> summaryLines(const Frame& frame);

class DecodedSummary : public QWidget
{
    Q_OBJECT

public:
    explicit DecodedSummary(QWidget* parent = nullptr);

    void setFrame(const Frame& frame);
    [[nodiscard]] bool isEmpty() const { return m_lines.empty(); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<SummaryLine> m_lines;
};

} // namespace framescope
